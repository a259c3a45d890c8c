// The methods of the command line ("sample", "optimize", ...): one file each.
#ifndef FRONTEND_METHOD_HPP
#define FRONTEND_METHOD_HPP

#include "session.hpp"

#include <vector>

namespace frontend {

/**
 * A method: the group of its arguments, whose name is the method's, and what
 * runs it.  run returns one of stan::services::error_codes, or throws.
 */
struct Method {
  Argument arguments;
  int (*run)(const Session&);
};

Method sample_method();
Method optimize_method();
Method variational_method();
Method diagnose_method();
Method generate_quantities_method();
Method log_prob_method();
Method laplace_method();
Method pathfinder_method();

std::vector<Method> all_methods();

}  // namespace frontend

#endif

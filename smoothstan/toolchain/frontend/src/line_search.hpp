// The settings of the quasi-Newton optimizers, which Pathfinder shares.
#ifndef FRONTEND_LINE_SEARCH_HPP
#define FRONTEND_LINE_SEARCH_HPP

#include "argument.hpp"

#include <vector>

namespace frontend {

/** Tolerances on the objective f, its gradient g and the parameters. */
struct LineSearch {
  double init_alpha;  // first step size
  double tol_obj, tol_rel_obj, tol_grad, tol_rel_grad, tol_param;

  /** From a group that has the members of line_search_arguments(). */
  explicit LineSearch(const Argument& group);
};

std::vector<Argument> line_search_arguments();
/** The same and history_size, the number of updates that L-BFGS keeps. */
std::vector<Argument> lbfgs_arguments();

}  // namespace frontend

#endif

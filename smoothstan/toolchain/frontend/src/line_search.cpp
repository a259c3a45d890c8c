// The settings of the quasi-Newton optimizers, which Pathfinder shares.
#include "line_search.hpp"

namespace frontend {

LineSearch::LineSearch(const Argument& group)
    : init_alpha(group["init_alpha"].as_real()),
      tol_obj(group["tol_obj"].as_real()),
      tol_rel_obj(group["tol_rel_obj"].as_real()),
      tol_grad(group["tol_grad"].as_real()),
      tol_rel_grad(group["tol_rel_grad"].as_real()),
      tol_param(group["tol_param"].as_real()) {}

std::vector<Argument> line_search_arguments() {
  using A = Argument;
  return {A::real("init_alpha", 0.001, greater_than(0)),
          A::real("tol_obj", 1e-12, at_least(0)),
          A::real("tol_rel_obj", 1e4, at_least(0)),
          A::real("tol_grad", 1e-8, at_least(0)),
          A::real("tol_rel_grad", 1e7, at_least(0)),
          A::real("tol_param", 1e-8, at_least(0))};
}

std::vector<Argument> lbfgs_arguments() {
  std::vector<Argument> arguments = line_search_arguments();
  arguments.push_back(Argument::integer("history_size", 5, at_least(1)));
  return arguments;
}

}  // namespace frontend

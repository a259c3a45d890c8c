// method=optimize: the posterior mode by L-BFGS, BFGS or Newton's method.
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "line_search.hpp"
#include "method.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/optimize/bfgs.hpp>
#include <stan/services/optimize/lbfgs.hpp>
#include <stan/services/optimize/newton.hpp>

namespace frontend {

namespace {

namespace services = stan::services::optimize;
using Model = stan::model::model_base;

Argument optimize_arguments() {
  using A = Argument;
  return A::group("optimize",
                  {A::choice("algorithm", "lbfgs",
                             {A::group("bfgs", line_search_arguments()),
                              A::group("lbfgs", lbfgs_arguments()),
                              A::group("newton")}),
                   A::boolean("jacobian", false),
                   A::integer("iter", 2000, at_least(0)),
                   A::boolean("save_iterations", false)});
}

template <bool jacobian>
int run_with_jacobian(const Session& session) {
  const Argument& optimize = session.method();
  const Argument& algorithm = optimize["algorithm"].selected();
  const int iter = static_cast<int>(optimize["iter"].as_int());
  const bool save = optimize["save_iterations"].as_bool();
  const unsigned int seed = session.seed(), id = session.chain_id();
  const double radius = session.init_radius();
  const auto init = session.init_context();
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  stan::callbacks::writer init_writer;
  csv_writer writer = session.open_csv(session.output_file());

  if (algorithm.name() == "newton")
    return services::newton<Model, jacobian>(
        session.model, *init, seed, id, radius, iter, save, interrupt, logger,
        init_writer, writer);

  const LineSearch s(algorithm);
  if (algorithm.name() == "bfgs")
    return services::bfgs<Model, jacobian>(
        session.model, *init, seed, id, radius, s.init_alpha, s.tol_obj,
        s.tol_rel_obj, s.tol_grad, s.tol_rel_grad, s.tol_param, iter, save,
        session.refresh(), interrupt, logger, init_writer, writer);
  const int history_size = static_cast<int>(algorithm["history_size"].as_int());
  return services::lbfgs<Model, jacobian>(
      session.model, *init, seed, id, radius, history_size, s.init_alpha,
      s.tol_obj, s.tol_rel_obj, s.tol_grad, s.tol_rel_grad, s.tol_param, iter,
      save, session.refresh(), interrupt, logger, init_writer, writer);
}

int run_optimize(const Session& session) {
  return session.method()["jacobian"].as_bool()
             ? run_with_jacobian<true>(session)
             : run_with_jacobian<false>(session);
}

}  // namespace

Method optimize_method() { return {optimize_arguments(), run_optimize}; }

}  // namespace frontend

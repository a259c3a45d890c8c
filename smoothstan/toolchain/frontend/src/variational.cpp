// method=variational: automatic differentiation variational inference (ADVI).
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "method.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/experimental/advi/fullrank.hpp>
#include <stan/services/experimental/advi/meanfield.hpp>

namespace frontend {
namespace {

Argument variational_arguments() {
  using A = Argument;
  return A::group(
      "variational",
      {A::choice("algorithm", "meanfield",
                 {A::group("meanfield"), A::group("fullrank")}),
       A::integer("iter", 10000, at_least(1)),
       A::integer("grad_samples", 1, at_least(1)),
       A::integer("elbo_samples", 100, at_least(1)),
       A::real("eta", 1, greater_than(0)),
       A::group("adapt", {A::boolean("engaged", true),
                          A::integer("iter", 50, at_least(1))}),
       A::real("tol_rel_obj", 0.01, greater_than(0)),
       A::integer("eval_elbo", 100, at_least(1)),
       A::integer("output_samples", 1000, at_least(1))});
}

int run_variational(const Session& session) {
  namespace advi = stan::services::experimental::advi;
  const Argument& args = session.method();
  const Argument& adapt = args["adapt"];
  const auto integer = [&](const char* name) {
    return static_cast<int>(args[name].as_int());
  };
  const auto init = session.init_context();
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  stan::callbacks::writer init_writer;
  csv_writer writer = session.open_csv(session.output_file());
  csv_writer diagnostic_writer = session.open_csv(session.diagnostic_file());

  const auto run = [&](auto approximate) {
    return approximate(
        session.model, *init, session.seed(), session.chain_id(),
        session.init_radius(), integer("grad_samples"),
        integer("elbo_samples"), integer("iter"),
        args["tol_rel_obj"].as_real(), args["eta"].as_real(),
        adapt["engaged"].as_bool(), static_cast<int>(adapt["iter"].as_int()),
        integer("eval_elbo"), integer("output_samples"), interrupt, logger,
        init_writer, writer, diagnostic_writer);
  };
  return args["algorithm"].str() == "fullrank"
             ? run(advi::fullrank<stan::model::model_base>)
             : run(advi::meanfield<stan::model::model_base>);
}

}  // namespace

Method variational_method() {
  return {variational_arguments(), run_variational};
}

}  // namespace frontend

// method=diagnose: gradients compared with finite differences.
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "method.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/diagnose/diagnose.hpp>

namespace frontend {
namespace {

Argument diagnose_arguments() {
  using A = Argument;
  const A gradient
      = A::group("gradient", {A::real("epsilon", 1e-6, greater_than(0)),
                              A::real("error", 1e-6, greater_than(0))});
  return A::group("diagnose", {A::choice("test", "gradient", {gradient})});
}

/** Returns the number of gradients that differ by more than `error`. */
int run_diagnose(const Session& session) {
  const Argument& gradient = session.method()["test"].selected();
  const auto init = session.init_context();
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  stan::callbacks::writer init_writer;
  csv_writer writer = session.open_csv(session.output_file());
  return stan::services::diagnose::diagnose(
      session.model, *init, session.seed(), session.chain_id(),
      session.init_radius(), gradient["epsilon"].as_real(),
      gradient["error"].as_real(), interrupt, logger, init_writer, writer);
}

}  // namespace

Method diagnose_method() { return {diagnose_arguments(), run_diagnose}; }

}  // namespace frontend

// method=laplace: draws of the normal approximation at the posterior mode.
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "method.hpp"
#include "parameter_values.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/optimize/laplace_sample.hpp>

namespace frontend {
namespace {

Argument laplace_arguments() {
  using A = Argument;
  return A::group("laplace", {A::text("mode"), A::boolean("jacobian", true),
                              A::integer("draws", 1000, at_least(1)),
                              A::boolean("calculate_lp", true)});
}

/** The mode, unconstrained: the last row of a file of optimize, or a JSON. */
Eigen::VectorXd read_mode(const Session& session) {
  const std::string& file = session.method()["mode"].str();
  if (file.empty())
    throw usage_error("laplace needs mode=<csv or json file>");
  const auto points = read_unconstrained(session.model, file);
  if (points.empty())
    throw std::invalid_argument("Error: no parameter values in " + file);
  const std::vector<double>& mode = points.back();
  return Eigen::Map<const Eigen::VectorXd>(mode.data(), mode.size());
}

template <bool jacobian>
int run_with_jacobian(const Session& session) {
  const Argument& args = session.method();
  const Eigen::VectorXd mode = read_mode(session);
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  csv_writer writer = session.open_csv(session.output_file());
  json_writer hessian_writer = session.open_json(session.diagnostic_file());
  return stan::services::laplace_sample<jacobian>(
      session.model, mode, static_cast<int>(args["draws"].as_int()),
      args["calculate_lp"].as_bool(), session.seed(), session.refresh(),
      interrupt, logger, writer, hessian_writer);
}

int run_laplace(const Session& session) {
  return session.method()["jacobian"].as_bool()
             ? run_with_jacobian<true>(session)
             : run_with_jacobian<false>(session);
}

}  // namespace

Method laplace_method() { return {laplace_arguments(), run_laplace}; }

}  // namespace frontend

// method=generate_quantities: the generated quantities at given draws.
#include <stan/model/model_header.hpp>

#include "console.hpp"
#include "method.hpp"
#include "parameter_values.hpp"

#include <stan/callbacks/interrupt.hpp>
#include <stan/services/sample/standalone_gqs.hpp>

namespace frontend {
namespace {

Argument generate_quantities_arguments() {
  using A = Argument;
  return A::group("generate_quantities",
                  {A::text("fitted_params"),
                   A::integer("num_chains", 1, at_least(1))});
}

int run_generate_quantities(const Session& session) {
  const Argument& args = session.method();
  const std::string& fitted_params = args["fitted_params"].str();
  if (fitted_params.empty())
    throw usage_error("generate_quantities needs fitted_params=<csv file>");
  const int num_chains = static_cast<int>(args["num_chains"].as_int());

  std::vector<Eigen::MatrixXd> draws;
  std::vector<csv_writer> writers;
  for (int i = 0; i < num_chains; ++i) {
    const ChainIndex index = session.index(i, num_chains);
    draws.push_back(
        read_draws(session.model, chain_input(fitted_params, index)));
    writers.push_back(
        session.open_csv(chain_output(session.output_file(), index)));
  }
  stan::callbacks::interrupt interrupt;
  console_logger logger;
  return stan::services::standalone_generate(session.model, num_chains, draws,
                                             session.seed(), interrupt, logger,
                                             writers);
}

}  // namespace

Method generate_quantities_method() {
  return {generate_quantities_arguments(), run_generate_quantities};
}

}  // namespace frontend

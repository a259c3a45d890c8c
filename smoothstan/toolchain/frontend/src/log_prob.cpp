// method=log_prob: the log density and its gradient, on the unconstrained
// scale, at given parameter values.
#include <stan/model/model_header.hpp>

#include "method.hpp"
#include "parameter_values.hpp"

#include <stan/model/log_prob_grad.hpp>
#include <stan/services/error_codes.hpp>

#include <iostream>

namespace frontend {
namespace {

Argument log_prob_arguments() {
  using A = Argument;
  return A::group("log_prob", {A::text("unconstrained_params"),
                               A::text("constrained_params"),
                               A::boolean("jacobian", true)});
}

/** The variable "params_r" of a file: one point, or one per row. */
std::vector<std::vector<double>> read_params_r(
    const stan::model::model_base& model, const std::string& path) {
  const auto variables = read_variables(path);
  const std::vector<double> values = variables->vals_r("params_r");
  const std::vector<std::size_t> dims = variables->dims_r("params_r");
  const std::size_t rows = dims.size() == 2 ? dims[0] : 1;
  const std::size_t columns = model.num_params_r();
  if (values.size() != rows * columns)
    throw std::invalid_argument(
        "Error: params_r must hold " + std::to_string(columns)
        + " unconstrained parameters, or rows of as many");
  std::vector<std::vector<double>> points(rows, std::vector<double>(columns));
  for (std::size_t i = 0; i < rows; ++i)  // values are in column-major order
    for (std::size_t j = 0; j < columns; ++j)
      points[i][j] = values[j * rows + i];
  return points;
}

std::vector<std::vector<double>> read_points(const Session& session) {
  const Argument& args = session.method();
  const std::string& unconstrained = args["unconstrained_params"].str();
  const std::string& constrained = args["constrained_params"].str();
  if (unconstrained.empty() == constrained.empty())
    throw usage_error(
        "log_prob needs one of unconstrained_params and constrained_params");
  return constrained.empty() ? read_params_r(session.model, unconstrained)
                             : read_unconstrained(session.model, constrained);
}

int run_log_prob(const Session& session) {
  using stan::model::log_prob_grad;
  const stan::model::model_base& model = session.model;
  const bool jacobian = session.method()["jacobian"].as_bool();
  const std::vector<std::vector<double>> points = read_points(session);

  csv_writer writer = session.open_csv(session.output_file());
  std::vector<std::string> parameters;
  model.unconstrained_param_names(parameters, false, false);
  std::vector<std::string> names{"lp__"};
  for (const std::string& parameter : parameters)
    names.push_back("g_" + parameter);
  writer(names);

  for (std::vector<double> point : points) {
    std::vector<int> no_integers;
    std::vector<double> gradient;
    std::vector<double> row{
        jacobian ? log_prob_grad<true, true>(model, point, no_integers,
                                             gradient, &std::cout)
                 : log_prob_grad<true, false>(model, point, no_integers,
                                              gradient, &std::cout)};
    row.insert(row.end(), gradient.begin(), gradient.end());
    writer(row);
  }
  return stan::services::error_codes::OK;
}

}  // namespace

Method log_prob_method() { return {log_prob_arguments(), run_log_prob}; }

}  // namespace frontend

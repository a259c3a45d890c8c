// Parameter values read from a Stan CSV file or a JSON file.
#ifndef FRONTEND_PARAMETER_VALUES_HPP
#define FRONTEND_PARAMETER_VALUES_HPP

#include <stan/model/model_base.hpp>

#include <Eigen/Dense>

#include <string>
#include <vector>

namespace frontend {

/**
 * The model's parameters, on the constrained scale, in a Stan CSV file: one
 * row per draw, one column per parameter in the model's order.  The file may
 * hold other columns.
 */
Eigen::MatrixXd read_draws(const stan::model::model_base& model,
                           const std::string& path);

/**
 * The unconstrained parameters of a file of constrained ones: each row of a
 * Stan CSV file (".csv"), or the values in a JSON or R dump file.
 */
std::vector<std::vector<double>> read_unconstrained(
    const stan::model::model_base& model, const std::string& path);

}  // namespace frontend

#endif

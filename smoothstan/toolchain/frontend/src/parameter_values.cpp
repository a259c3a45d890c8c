// Parameter values read from a Stan CSV file or a JSON file.
#include <stan/model/model_header.hpp>

#include "parameter_values.hpp"

#include "files.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace frontend {
namespace {

std::vector<std::string> split_row(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');)
    fields.push_back(field);
  return fields;
}

/** Reads the next line that is not a comment; returns whether there is one. */
bool next_row(std::istream& in, std::string& line) {
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r')
      line.pop_back();
    if (!line.empty() && line[0] != '#')
      return true;
  }
  return false;
}

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw std::invalid_argument(
      "Error reading fitted param names from sample csv file <" + path + ">: "
      + why);
}

/** The positions in the header of the model's parameters. */
std::vector<std::size_t> parameter_columns(
    const stan::model::model_base& model, const std::string& path,
    const std::vector<std::string>& header) {
  std::vector<std::string> parameters;
  model.constrained_param_names(parameters, false, false);
  std::vector<std::size_t> columns;
  for (const std::string& name : parameters) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
      fail(path, "no column for parameter " + name);
    columns.push_back(found - header.begin());
  }
  return columns;
}

double number(const std::string& path, const std::string& field) {
  char* end = nullptr;
  const double x = std::strtod(field.c_str(), &end);
  if (field.empty() || end == field.c_str())
    fail(path, "\"" + field + "\" is not a number");
  return x;
}

}  // namespace

Eigen::MatrixXd read_draws(const stan::model::model_base& model,
                           const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!in.good())
    fail(path, "cannot open the file");
  if (!next_row(in, line))
    fail(path, "no header");
  const std::vector<std::string> header = split_row(line);
  const auto columns = parameter_columns(model, path, header);

  std::vector<double> values;  // row by row
  std::size_t rows = 0;
  for (; next_row(in, line); ++rows) {
    const std::vector<std::string> fields = split_row(line);
    if (fields.size() != header.size())
      fail(path, "draw " + std::to_string(rows + 1) + " has "
                     + std::to_string(fields.size()) + " values for "
                     + std::to_string(header.size()) + " columns");
    for (const std::size_t column : columns)
      values.push_back(number(path, fields[column]));
  }
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic,
                                 Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(values.data(), rows, columns.size());
}

std::vector<std::vector<double>> read_unconstrained(
    const stan::model::model_base& model, const std::string& path) {
  std::vector<std::vector<double>> points;
  if (!ends_with(path, ".csv")) {
    points.emplace_back();
    std::vector<int> no_integers;
    model.transform_inits(*read_variables(path), no_integers, points.back(),
                          &std::cout);
    return points;
  }
  const Eigen::MatrixXd draws = read_draws(model, path);
  for (Eigen::Index i = 0; i < draws.rows(); ++i) {
    std::vector<double> constrained(draws.cols());
    Eigen::Map<Eigen::VectorXd>(constrained.data(), draws.cols())
        = draws.row(i);
    points.emplace_back();
    model.unconstrain_array(constrained, points.back(), &std::cout);
  }
  return points;
}

}  // namespace frontend

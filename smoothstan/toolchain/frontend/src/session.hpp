// What the methods share: the model with its data, the arguments, and the
// opening of output files that begin with the configuration.
#ifndef FRONTEND_SESSION_HPP
#define FRONTEND_SESSION_HPP

#include "argument.hpp"
#include "files.hpp"

#include <stan/model/model_base.hpp>

#include <memory>
#include <ostream>
#include <string>

namespace frontend {

struct Session {
  stan::model::model_base& model;
  const Argument& args;
  std::string start_datetime;

  const Argument& method() const { return args["method"].selected(); }
  unsigned int seed() const {
    return static_cast<unsigned int>(args["random"]["seed"].as_int());
  }
  unsigned int chain_id() const {
    return static_cast<unsigned int>(args["id"].as_int());
  }
  int refresh() const {
    return static_cast<int>(args["output"]["refresh"].as_int());
  }
  const std::string& output_file() const {
    return args["output"]["file"].str();
  }
  const std::string& diagnostic_file() const {
    return args["output"]["diagnostic_file"].str();
  }
  ChainIndex index(int chain = 0, int num_chains = 1) const {
    return {chain, num_chains, chain_id() + chain};
  }

  /** The range of random initial values, 0 or more. */
  double init_radius() const;
  /** The user's initial values; empty unless init names a file. */
  std::unique_ptr<stan::io::var_context> init_context(
      ChainIndex index = {}) const;

  /** Opens a CSV file and writes the configuration; "" is no file. */
  csv_writer open_csv(const std::string& path) const;
  /** Opens a JSON file; "" is no file. */
  json_writer open_json(const std::string& path) const;
  /** Opens any other output file, with the precision asked for. */
  std::unique_ptr<std::ofstream> open_file(const std::string& path) const;

  /** Writes the configuration as a JSON object. */
  void write_config_json(std::ostream& out) const;
};

}  // namespace frontend

#endif

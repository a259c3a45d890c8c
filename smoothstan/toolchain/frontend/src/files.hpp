// Names of the files of a run, reading variables, and opening output files.
#ifndef FRONTEND_FILES_HPP
#define FRONTEND_FILES_HPP

#include <stan/callbacks/json_writer.hpp>
#include <stan/callbacks/unique_stream_writer.hpp>
#include <stan/io/var_context.hpp>

#include <fstream>
#include <memory>
#include <string>

namespace frontend {

using csv_writer = stan::callbacks::unique_stream_writer<std::ofstream>;
using json_writer = stan::callbacks::json_writer<std::ofstream>;

bool ends_with(const std::string& s, const std::string& suffix);
bool file_exists(const std::string& path);

/** Inserts text before the suffix: ("out.csv", "_1") -> "out_1.csv". */
std::string with_tag(const std::string& path, const std::string& tag);
/** As with_tag, with another suffix: -> "out_config.json". */
std::string with_tag(const std::string& path, const std::string& tag,
                     const std::string& suffix);

/** One chain among those of a process: its place in it and its id. */
struct ChainIndex {
  int chain = 0;       // 0 .. num_chains - 1
  int num_chains = 1;
  unsigned int id = 1;  // of this chain

  /** "_<id>", or nothing if the process runs a single chain. */
  std::string tag() const {
    return num_chains == 1 ? "" : "_" + std::to_string(id);
  }
};

/**
 * The file of one chain, from an argument that is a comma-separated list with
 * one name per chain, or else a template into which the chain's id is put.
 */
std::string chain_output(const std::string& argument, ChainIndex index);
/** Likewise for input; the name itself if no file has the chain's name. */
std::string chain_input(const std::string& argument, ChainIndex index);

/** Reads a JSON or R dump file, by its suffix; "" means no variables. */
std::unique_ptr<stan::io::var_context> read_variables(const std::string& path);

std::unique_ptr<stan::io::var_context> parse_json(std::istream& in);

/** Opens a file for writing; a later failure to write throws. */
std::unique_ptr<std::ofstream> open_output(const std::string& path,
                                           long long significant_figures);

}  // namespace frontend

#endif

// Names of the files of a run, reading variables, and opening output files.
#include <stan/model/model_header.hpp>

#include "files.hpp"

#include "argument.hpp"

#include <stan/io/dump.hpp>
#include <stan/io/empty_var_context.hpp>
#include <stan/io/json/json_data.hpp>

#include <stdexcept>
#include <vector>

namespace frontend {

namespace {

/** Where the suffix (".csv") of a path begins; its end if it has none. */
std::size_t suffix_position(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  const std::size_t dot = path.find_last_of('.');
  const bool has_suffix
      = dot != std::string::npos
        && (slash == std::string::npos ? dot > 0 : dot > slash + 1);
  return has_suffix ? dot : path.size();
}

std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> items;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t comma = list.find(',', begin);
    items.push_back(list.substr(begin, comma - begin));
    if (comma == std::string::npos)
      return items;
    begin = comma + 1;
  }
}

/** The chain's item of a list of file names; "" if it is not a list. */
std::string list_item(const std::string& argument, ChainIndex index) {
  const std::vector<std::string> items = split_list(argument);
  if (index.num_chains == 1 || items.size() == 1)
    return "";
  if (static_cast<int>(items.size()) != index.num_chains)
    throw usage_error("the list of files " + argument + " has "
                      + std::to_string(items.size()) + " names for "
                      + std::to_string(index.num_chains) + " chains");
  return items[index.chain];
}

}  // namespace

bool ends_with(const std::string& s, const std::string& suffix) {
  return s.size() >= suffix.size()
         && s.compare(s.size() - suffix.size(), suffix.size(), suffix) == 0;
}

bool file_exists(const std::string& path) {
  return std::ifstream(path).good();
}

std::string with_tag(const std::string& path, const std::string& tag) {
  return with_tag(path, tag, path.substr(suffix_position(path)));
}

std::string with_tag(const std::string& path, const std::string& tag,
                     const std::string& suffix) {
  return path.substr(0, suffix_position(path)) + tag + suffix;
}

std::string chain_output(const std::string& argument, ChainIndex index) {
  const std::string item = list_item(argument, index);
  if (!item.empty() || argument.empty())
    return item;
  return with_tag(argument, index.tag());
}

std::string chain_input(const std::string& argument, ChainIndex index) {
  const std::string item = list_item(argument, index);
  if (!item.empty())
    return item;
  const std::string own = with_tag(argument, index.tag());
  return file_exists(own) ? own : argument;
}

std::unique_ptr<stan::io::var_context> parse_json(std::istream& in) {
  return std::make_unique<stan::json::json_data>(in);
}

std::unique_ptr<stan::io::var_context> read_variables(
    const std::string& path) {
  if (path.empty())
    return std::make_unique<stan::io::empty_var_context>();
  std::ifstream in(path);
  if (!in.good())
    throw std::invalid_argument("Error: cannot open file " + path);
  try {
    if (ends_with(path, ".json"))
      return parse_json(in);
    return std::make_unique<stan::io::dump>(in);
  } catch (const std::exception& e) {
    throw std::invalid_argument("Error reading " + path + ": " + e.what());
  }
}

std::unique_ptr<std::ofstream> open_output(const std::string& path,
                                           long long significant_figures) {
  auto out = std::make_unique<std::ofstream>(path);
  if (!out->good())
    throw std::invalid_argument("Error: cannot write to file " + path);
  out->exceptions(std::ios::badbit | std::ios::failbit);
  if (significant_figures > 0)
    out->precision(significant_figures);
  return out;
}

}  // namespace frontend

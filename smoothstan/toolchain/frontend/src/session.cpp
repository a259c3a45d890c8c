// What the methods share: initial values and output files.
#include <stan/model/model_header.hpp>

#include "session.hpp"

#include <stan/version.hpp>

#include <cstdlib>

namespace frontend {

namespace {

/** Whether init is a range, i.e. a number, and not a file's name. */
bool is_range(const std::string& init) {
  char* end = nullptr;
  const double x = std::strtod(init.c_str(), &end);
  if (init.empty() || *end != '\0')
    return false;
  if (!(x >= 0))
    throw usage_error("init must be a file or a number that is at least 0");
  return true;
}

}  // namespace

double Session::init_radius() const {
  const Argument& init = args["init"];
  return is_range(init.str()) ? init.as_real() : 2;
}

std::unique_ptr<stan::io::var_context> Session::init_context(
    ChainIndex index) const {
  const std::string& init = args["init"].str();
  return read_variables(is_range(init) ? "" : chain_input(init, index));
}

std::unique_ptr<std::ofstream> Session::open_file(
    const std::string& path) const {
  return open_output(path, args["output"]["sig_figs"].as_int());
}

csv_writer Session::open_csv(const std::string& path) const {
  if (path.empty())
    return csv_writer(nullptr);
  std::unique_ptr<std::ofstream> out = open_file(path);
  *out << "# stan_version_major = " << stan::MAJOR_VERSION << "\n"
       << "# stan_version_minor = " << stan::MINOR_VERSION << "\n"
       << "# stan_version_patch = " << stan::PATCH_VERSION << "\n"
       << "# model = " << model.model_name() << "\n"
       << "# start_datetime = " << start_datetime << "\n";
  args.write_text(*out, "# ");
  for (const std::string& line : model.model_compile_info())
    *out << "# " << line << "\n";
  out->flush();
  return csv_writer(std::move(out), "# ");
}

json_writer Session::open_json(const std::string& path) const {
  if (path.empty())
    return json_writer();
  return json_writer(open_file(path));
}

void Session::write_config_json(std::ostream& out) const {
  const auto member = [&](const std::string& name, const std::string& value) {
    out << "  " << json_string(name) << " : " << json_string(value);
  };
  out << "{\n";
  member("stan_major_version", stan::MAJOR_VERSION);
  out << ",\n";
  member("stan_minor_version", stan::MINOR_VERSION);
  out << ",\n";
  member("stan_patch_version", stan::PATCH_VERSION);
  out << ",\n";
  member("model_name", model.model_name());
  out << ",\n";
  member("start_datetime", start_datetime);
  out << ",\n";
  args.write_json(out);
  out << ",\n  \"mpi_enabled\" : false";
  for (const std::string& line : model.model_compile_info()) {
    const std::size_t eq = line.find(" = ");
    if (eq == std::string::npos)
      continue;
    out << ",\n";
    member(line.substr(0, eq), line.substr(eq + 3));
  }
  out << "\n}\n" << std::flush;  // a failure would be lost at closing
}

}  // namespace frontend

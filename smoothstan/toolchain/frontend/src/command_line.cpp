// The arguments that all methods share, and what "info" and "help" print.
#include <stan/model/model_header.hpp>

#include "command_line.hpp"

#include "method.hpp"

#include <stan/version.hpp>

namespace frontend {

namespace {

// CmdStan 2.36 made 8 significant figures the default; before, the stream's 6.
constexpr int default_significant_figures = STAN_MINOR >= 36 ? 8 : -1;

Argument output_arguments() {
  using A = Argument;
  return A::group(
      "output", {A::text("file", "output.csv"), A::text("diagnostic_file"),
                 A::integer("refresh", 100, at_least(0)),
                 A::integer("sig_figs", default_significant_figures,
                            between(-1, 18)),
                 A::text("profile_file", "profile.csv"),
                 A::boolean("save_cmdstan_config", false)});
}

}  // namespace

std::vector<Method> all_methods() {
  return {sample_method(),     optimize_method(),
          variational_method(), diagnose_method(),
          generate_quantities_method(), pathfinder_method(),
          log_prob_method(),   laplace_method()};
}

Argument command_line() {
  using A = Argument;
  std::vector<Argument> options;
  for (const Method& method : all_methods())
    options.push_back(method.arguments);
  return A::group(
      "", {A::choice("method", "sample", options),
           A::integer("id", 1, at_least(0)),
           A::group("data", {A::text("file")}),
           A::text("init", "2"),
           A::group("random",
                    {A::integer("seed", -1, between(-1, 4294967295.0))}),
           output_arguments(),
           A::integer("num_threads", 1, at_least(-1))});
}

void write_info(std::ostream& out) {
  const auto flag = [&](const char* name, bool value) {
    out << name << "=" << (value ? "true" : "false") << "\n";
  };
  out << "stan_version_major = " << stan::MAJOR_VERSION << "\n"
      << "stan_version_minor = " << stan::MINOR_VERSION << "\n"
      << "stan_version_patch = " << stan::PATCH_VERSION << "\n";
#ifdef STAN_THREADS
  flag("STAN_THREADS", true);
#else
  flag("STAN_THREADS", false);
#endif
  flag("STAN_MPI", false);
  flag("STAN_OPENCL", false);
#ifdef STAN_NO_RANGE_CHECKS
  flag("STAN_NO_RANGE_CHECKS", true);
#else
  flag("STAN_NO_RANGE_CHECKS", false);
#endif
  flag("STAN_CPP_OPTIMS", false);
}

void write_usage(std::ostream& out, const std::string& program,
                 const Argument& group) {
  out << "Usage: " << program << " <arg1> <subarg1_1> ... <arg2> ...\n\n"
      << (group.name().empty() ? "Arguments" : "Arguments of " + group.name())
      << ", with their default values:\n";
  group.write_help(out, 1);
  out << "\n" << program << " info: how the program was built\n"
      << program << " [arguments] help: the arguments of the last one\n";
}

}  // namespace frontend

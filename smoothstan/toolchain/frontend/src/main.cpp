// Entry point of a compiled Stan program: reads the command line and the
// data, instantiates the model and runs the method.
#include <stan/model/model_header.hpp>

#include "command_line.hpp"
#include "console.hpp"
#include "method.hpp"
#include "profile.hpp"

#include <stan/math/prim/core/init_threadpool_tbb.hpp>
#include <stan/services/error_codes.hpp>

#include <ctime>
#include <iostream>
#include <random>

// Defined in the C++ code that stanc generates from the Stan program.
stan::model::model_base& new_model(stan::io::var_context& data,
                                   unsigned int seed, std::ostream* msgs);

namespace frontend {
namespace {

// Exit statuses: CmdStan's guide promises 0, or 1 to 125 for a failure.
constexpr int exit_ok = 0;
constexpr int exit_failed = 1;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", std::gmtime(&now));
  return text;
}

/** A seed of 0 or less, or none, asks for one that differs between runs. */
void choose_seed(Argument& args) {
  Argument& seed = *args.find("random")->find("seed");
  if (seed.as_int() <= 0)
    seed.set_default(std::to_string(std::random_device{}()));
}

/** Starts the threads; without STAN_THREADS there is always just one. */
void start_threads(Argument& args) {
  Argument& num_threads = *args.find("num_threads");
#ifdef STAN_THREADS
  const char* env = std::getenv("STAN_NUM_THREADS");
  if (num_threads.is_default() && env != nullptr)
    num_threads.set_default(env);
#endif
  stan::math::init_threadpool_tbb(static_cast<int>(num_threads.as_int()));
}

int run_method(const Session& session) {
  for (const Method& method : all_methods())
    if (method.arguments.name() == session.method().name())
      return method.run(session);
  return stan::services::error_codes::USAGE;
}

int run(const std::vector<std::string>& tokens, const std::string& program) {
  if (!tokens.empty() && tokens[0] == "info") {
    write_info(std::cout);
    return exit_ok;
  }
  Argument args = command_line();
  const Argument* help = tokens.empty() ? &args : args.parse(tokens);
  if (help != nullptr) {
    write_usage(std::cout, program, *help);
    return tokens.empty() ? exit_failed : exit_ok;
  }
  choose_seed(args);
  start_threads(args);
  args.write_text(std::cout, "");
  std::cout << std::endl;

  const auto data = read_variables(args["data"]["file"].str());
  const std::unique_ptr<stan::model::model_base> model(
      &new_model(*data, static_cast<unsigned int>(
                            args["random"]["seed"].as_int()),
                 &std::cout));
  const Session session{*model, args, utc_now()};
  if (args["output"]["save_cmdstan_config"].as_bool())
    session.write_config_json(*session.open_file(
        with_tag(session.output_file(), "_config", ".json")));

  const int status = run_method(session);
  write_profile(session);
  return status == stan::services::error_codes::OK ? exit_ok : exit_failed;
}

}  // namespace
}  // namespace frontend

int main(int argc, const char* argv[]) {
  try {
    return frontend::run(std::vector<std::string>(argv + 1, argv + argc),
                         argv[0]);
  } catch (const frontend::usage_error& e) {
    // cmdstanpy shows the lines that begin with "Error" or "Exception"
    std::cerr << "Error: " << e.what() << std::endl;
  } catch (const std::exception& e) {
    frontend::console_logger().error(e.what());
  }
  return frontend::exit_failed;
}

// The logger of all methods: errors go to stderr, everything else to stdout.
#ifndef FRONTEND_CONSOLE_HPP
#define FRONTEND_CONSOLE_HPP

#include <stan/callbacks/logger.hpp>

#include <ostream>
#include <sstream>
#include <string>

namespace frontend {

/**
 * Writes messages to the console; several threads may use it at once.
 * Iteration messages may be given a prefix ("Chain [2] "), by which cmdstanpy
 * tells the chains of one process apart.
 */
class console_logger final : public stan::callbacks::logger {
 public:
  explicit console_logger(std::string iteration_prefix = "")
      : iteration_prefix_(std::move(iteration_prefix)) {}

  void debug(const std::string& message) override;
  void info(const std::string& message) override;
  void warn(const std::string& message) override;
  void error(const std::string& message) override;
  void fatal(const std::string& message) override;
  void debug(const std::stringstream& message) override;
  void info(const std::stringstream& message) override;
  void warn(const std::stringstream& message) override;
  void error(const std::stringstream& message) override;
  void fatal(const std::stringstream& message) override;

 private:
  void put(std::ostream& out, const std::string& message);
  std::string iteration_prefix_;
};

}  // namespace frontend

#endif

// The console logger.
#include "console.hpp"

#include <iostream>
#include <mutex>

namespace frontend {

namespace {
std::mutex console_mutex;

/** The library's text says nothing of files: say it for the user. */
std::string explain(const std::string& message) {
  return message.rfind("basic_ios::clear", 0) == 0
             ? "Error: writing an output file failed (is the disk full?)"
             : message;
}

}  // namespace

void console_logger::put(std::ostream& out, const std::string& message) {
  std::lock_guard<std::mutex> lock(console_mutex);
  if (message.rfind("Iteration:", 0) == 0)
    out << iteration_prefix_;
  out << message << std::endl;
}

void console_logger::debug(const std::string& m) { put(std::cout, m); }
void console_logger::info(const std::string& m) { put(std::cout, m); }
void console_logger::warn(const std::string& m) { put(std::cout, m); }
void console_logger::error(const std::string& m) { put(std::cerr, explain(m)); }
void console_logger::fatal(const std::string& m) { put(std::cerr, m); }
void console_logger::debug(const std::stringstream& m) { debug(m.str()); }
void console_logger::info(const std::stringstream& m) { info(m.str()); }
void console_logger::warn(const std::stringstream& m) { warn(m.str()); }
void console_logger::error(const std::stringstream& m) { error(m.str()); }
void console_logger::fatal(const std::stringstream& m) { fatal(m.str()); }

}  // namespace frontend

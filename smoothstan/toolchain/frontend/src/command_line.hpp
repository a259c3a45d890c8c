// The whole command line: the arguments that all methods share, the list of
// methods, and what "info" and "help" print.
#ifndef FRONTEND_COMMAND_LINE_HPP
#define FRONTEND_COMMAND_LINE_HPP

#include "argument.hpp"

#include <ostream>
#include <string>

namespace frontend {

/** The tree of all arguments, with their default values. */
Argument command_line();

/** `info`: how the program was built, as "name = value" lines. */
void write_info(std::ostream& out);

/** `help`: the arguments that a group, or the whole command line, takes. */
void write_usage(std::ostream& out, const std::string& program,
                 const Argument& group);

}  // namespace frontend

#endif

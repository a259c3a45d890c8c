// One command-line argument of a compiled Stan program, and the tree they form.
//
// As CmdStan's user's guide describes its command line:
//   * a group   ("adapt", "data", "output") holds other arguments;
//   * a choice  ("method=sample", "algorithm=hmc") selects one of several
//               groups, whose members then become available;
//   * a leaf    ("num_samples=1000") holds a value.
// Tokens are `name`, `name=value` or, for a choice, just the option's name
// ("sample" for "method=sample").  A token is looked up in the innermost open
// group first and then outwards, so groups need not be closed explicitly.
//
// argument.cpp parses, argument_output.cpp writes; neither needs Stan.
#ifndef FRONTEND_ARGUMENT_HPP
#define FRONTEND_ARGUMENT_HPP

#include <functional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace frontend {

/** The command line is not valid; the message is for the user. */
struct usage_error : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

class Argument {
 public:
  enum class Kind { group, option, choice, boolean, integer, real, text };
  /** Returns what is expected of the value, or "" if the value is fine. */
  using Check = std::function<std::string(double)>;

  static Argument group(std::string name, std::vector<Argument> members = {});
  /** An option of a choice that has no members and no line of its own. */
  static Argument option(std::string name);
  static Argument choice(std::string name, std::string default_option,
                         std::vector<Argument> options);
  static Argument boolean(std::string name, bool default_value);
  static Argument integer(std::string name, long long default_value,
                          Check check = {});
  static Argument real(std::string name, double default_value,
                       Check check = {});
  static Argument text(std::string name, std::string default_value = "");

  const std::string& name() const { return name_; }
  bool is_default() const { return value_ == default_; }

  /** The member of a group, or the option's group of a choice, of that name. */
  const Argument& operator[](const std::string& name) const;
  Argument* find(const std::string& name);

  /** Value of a leaf, or the selected option of a choice. */
  const std::string& str() const { return value_; }
  bool as_bool() const { return value_ == "true"; }
  long long as_int() const { return std::stoll(value_); }
  double as_real() const { return std::stod(value_); }
  /** The selected option's group of a choice. */
  const Argument& selected() const { return (*this)[value_]; }

  /** Checks and stores a value; throws usage_error. */
  void set(const std::string& value);
  /** Like set, for a value that is still to be reported as the default. */
  void set_default(const std::string& value);

  /**
   * Parses tokens into this group; throws usage_error.  Returns the group in
   * which "help" or "help-all" was asked for, or null.
   */
  const Argument* parse(const std::vector<std::string>& tokens);

  /** Writes the members of this group as "name = value" lines. */
  void write_text(std::ostream& out, const std::string& prefix,
                  int depth = 0) const;
  /** Writes the members of this group as the members of a JSON object. */
  void write_json(std::ostream& out, int depth = 1) const;
  /** Writes every argument below this one with its default, for "help". */
  void write_help(std::ostream& out, int depth = 0) const;

 private:
  Argument(std::string name, Kind kind, std::string default_value)
      : name_(std::move(name)),
        kind_(kind),
        value_(default_value),
        default_(std::move(default_value)) {}

  [[noreturn]] void reject(const std::string& value,
                           const std::string& expected) const;
  std::string checked(const std::string& value) const;
  std::string option_names() const;
  Argument* choice_of(const std::string& option);

  std::string name_;
  Kind kind_;
  std::string value_;
  std::string default_;
  Check check_;
  std::vector<Argument> children_;  // members of a group, options of a choice
};

/** Checks for numeric arguments. */
Argument::Check at_least(double lower);
Argument::Check greater_than(double lower);
Argument::Check between(double lower, double upper);  // inclusive
Argument::Check strictly_between(double lower, double upper);

/** The shortest text that reads back as the same number. */
std::string shortest(double x);
/** A JSON string literal. */
std::string json_string(const std::string& s);

}  // namespace frontend

#endif

// Building the tree of arguments, and parsing the command line into it.
#include "argument.hpp"

#include <cmath>
#include <cstdlib>

namespace frontend {

Argument::Check at_least(double lower) {
  return [=](double x) {
    return x >= lower ? "" : "must be at least " + shortest(lower);
  };
}

Argument::Check greater_than(double lower) {
  return [=](double x) {
    return x > lower ? "" : "must be greater than " + shortest(lower);
  };
}

Argument::Check between(double lower, double upper) {
  return [=](double x) {
    return x >= lower && x <= upper ? ""
                                    : "must be between " + shortest(lower)
                                          + " and " + shortest(upper);
  };
}

Argument::Check strictly_between(double lower, double upper) {
  return [=](double x) {
    return x > lower && x < upper ? ""
                                  : "must be strictly between "
                                        + shortest(lower) + " and "
                                        + shortest(upper);
  };
}

Argument Argument::group(std::string name, std::vector<Argument> members) {
  Argument arg(std::move(name), Kind::group, "");
  arg.children_ = std::move(members);
  return arg;
}

Argument Argument::option(std::string name) {
  return Argument(std::move(name), Kind::option, "");
}

Argument Argument::choice(std::string name, std::string default_option,
                          std::vector<Argument> options) {
  Argument arg(std::move(name), Kind::choice, std::move(default_option));
  arg.children_ = std::move(options);
  return arg;
}

Argument Argument::boolean(std::string name, bool default_value) {
  return Argument(std::move(name), Kind::boolean,
                  default_value ? "true" : "false");
}

Argument Argument::integer(std::string name, long long default_value,
                           Check check) {
  Argument arg(std::move(name), Kind::integer, std::to_string(default_value));
  arg.check_ = std::move(check);
  return arg;
}

Argument Argument::real(std::string name, double default_value, Check check) {
  Argument arg(std::move(name), Kind::real, shortest(default_value));
  arg.check_ = std::move(check);
  return arg;
}

Argument Argument::text(std::string name, std::string default_value) {
  return Argument(std::move(name), Kind::text, std::move(default_value));
}

Argument* Argument::find(const std::string& name) {
  for (Argument& child : children_)
    if (child.name_ == name)
      return &child;
  return nullptr;
}

const Argument& Argument::operator[](const std::string& name) const {
  const Argument* found = const_cast<Argument*>(this)->find(name);
  if (found == nullptr)
    throw std::logic_error("no argument " + name + " in " + name_);
  return *found;
}

std::string Argument::option_names() const {
  std::string names;
  for (const Argument& child : children_)
    names += (names.empty() ? "" : ", ") + child.name_;
  return names;
}

void Argument::reject(const std::string& value,
                      const std::string& expected) const {
  throw usage_error("invalid value \"" + value + "\" for argument " + name_
                    + ": it " + expected);
}

/** The value as it is stored and reported; throws usage_error. */
std::string Argument::checked(const std::string& value) const {
  char* end = nullptr;
  switch (kind_) {
    case Kind::group:
    case Kind::option:
      reject(value, "is a group of arguments and takes no value");
    case Kind::choice:
      if (const_cast<Argument*>(this)->find(value) == nullptr)
        reject(value, "must be one of " + option_names());
      return value;
    case Kind::boolean:
      if (value == "1" || value == "true")
        return "true";
      if (value == "0" || value == "false")
        return "false";
      reject(value, "must be 0, 1, true or false");
    case Kind::integer: {
      const long long x = std::strtoll(value.c_str(), &end, 10);
      if (value.empty() || *end != '\0')
        reject(value, "must be an integer");
      if (check_ && !check_(static_cast<double>(x)).empty())
        reject(value, check_(static_cast<double>(x)));
      return std::to_string(x);
    }
    case Kind::real: {
      const double x = std::strtod(value.c_str(), &end);
      if (value.empty() || *end != '\0' || !std::isfinite(x))
        reject(value, "must be a number");
      if (check_ && !check_(x).empty())
        reject(value, check_(x));
      return shortest(x);
    }
    case Kind::text:
      break;
  }
  return value;
}

void Argument::set(const std::string& value) { value_ = checked(value); }

void Argument::set_default(const std::string& value) {
  value_ = default_ = checked(value);
}

/** The member of this group that is a choice with that option, or null. */
Argument* Argument::choice_of(const std::string& option) {
  for (Argument& member : children_)
    if (member.kind_ == Kind::choice && member.find(option) != nullptr)
      return &member;
  return nullptr;
}

const Argument* Argument::parse(const std::vector<std::string>& tokens) {
  std::vector<Argument*> open{this};  // groups, outermost first
  for (const std::string& token : tokens) {
    if (token == "help" || token == "help-all")
      return open.back();
    const std::size_t eq = token.find('=');
    const bool has_value = eq != std::string::npos;
    const std::string name = token.substr(0, eq);
    std::string value = has_value ? token.substr(eq + 1) : "";

    Argument* target = nullptr;  // the argument that the token means
    for (; !open.empty(); open.pop_back()) {
      target = open.back()->find(name);
      if (target == nullptr && !has_value) {
        target = open.back()->choice_of(name);
        value = name;
      }
      if (target != nullptr)
        break;
    }
    if (target == nullptr)
      throw usage_error(token + " is either mistyped or misplaced");

    if (target->kind_ == Kind::group) {
      if (has_value)
        target->set(value);  // reports the error
      open.push_back(target);
      continue;
    }
    if (!has_value && target->kind_ != Kind::choice)
      throw usage_error("argument " + name + " needs a value");
    target->set(value);
    if (target->kind_ == Kind::choice)
      open.push_back(target->find(value));
  }
  return nullptr;
}

}  // namespace frontend

// Writing the tree of arguments: as the "name = value" lines of the console
// and of the CSV comments, as JSON, and as the text of "help".
#include "argument.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace frontend {

std::string shortest(double x) {
  char text[32];
  return std::string(text, std::to_chars(text, text + sizeof text, x).ptr);
}

std::string json_string(const std::string& s) {
  std::string out = "\"";
  for (const char c : s) {
    if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      out += escape;
      continue;
    }
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

namespace {

/** Whole numbers are written out in JSON: 10000000 rather than 1e+07. */
std::string json_number(double x) {
  if (x == std::floor(x) && std::fabs(x) < 1e15)
    return std::to_string(static_cast<long long>(x));
  return shortest(x);
}

}  // namespace

void Argument::write_text(std::ostream& out, const std::string& prefix,
                          int depth) const {
  for (const Argument& arg : children_) {
    out << prefix << std::string(2 * depth, ' ') << arg.name_;
    if (arg.kind_ != Kind::group)
      out << " = " << arg.value_ << (arg.is_default() ? " (Default)" : "");
    out << "\n";
    if (arg.kind_ == Kind::group) {
      arg.write_text(out, prefix, depth + 1);
    } else if (arg.kind_ == Kind::choice) {
      const Argument& option = arg.selected();
      if (option.kind_ == Kind::option)
        continue;
      out << prefix << std::string(2 * depth + 2, ' ') << option.name_ << "\n";
      option.write_text(out, prefix, depth + 2);
    }
  }
}

void Argument::write_json(std::ostream& out, int depth) const {
  const std::string indent(2 * depth, ' ');
  const char* separator = "";
  for (const Argument& arg : children_) {
    out << separator << indent << json_string(arg.name_) << " : ";
    separator = ",\n";
    switch (arg.kind_) {
      case Kind::group:
        out << "{\n";
        arg.write_json(out, depth + 1);
        out << "\n" << indent << "}";
        break;
      case Kind::choice: {
        const Argument& option = arg.selected();
        out << "{\n" << indent << "  \"value\" : " << json_string(arg.value_);
        if (option.kind_ == Kind::group) {
          out << ",\n" << indent << "  " << json_string(arg.value_)
              << " : {\n";
          option.write_json(out, depth + 2);
          out << "\n" << indent << "  }";
        }
        out << "\n" << indent << "}";
        break;
      }
      case Kind::text:
        out << json_string(arg.value_);
        break;
      case Kind::real:
        out << json_number(arg.as_real());
        break;
      default:
        out << arg.value_;
    }
  }
}

void Argument::write_help(std::ostream& out, int depth) const {
  for (const Argument& arg : children_) {
    out << std::string(2 * depth, ' ') << arg.name_;
    if (arg.kind_ == Kind::choice)
      out << "=<" << arg.option_names() << ">, default " << arg.default_;
    else if (arg.kind_ != Kind::group && arg.kind_ != Kind::option)
      out << "=<" << (arg.default_.empty() ? "file" : arg.default_) << ">";
    out << "\n";
    arg.write_help(out, depth + 1);
  }
}

}  // namespace frontend

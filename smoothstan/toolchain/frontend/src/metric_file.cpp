// The file of an initial inverse metric.
#include <stan/model/model_header.hpp>

#include "metric_file.hpp"

#include "files.hpp"

#include <rapidjson/document.h>
#include <rapidjson/istreamwrapper.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace frontend {

std::unique_ptr<stan::io::var_context> read_inverse_metric(
    const std::string& path) {
  if (!ends_with(path, ".json"))
    return read_variables(path);
  std::ifstream file(path);
  if (!file.good())
    throw std::invalid_argument("Error: cannot open file " + path);
  rapidjson::IStreamWrapper in(file);
  rapidjson::Document document;
  document.ParseStream<rapidjson::kParseFullPrecisionFlag>(in);
  if (document.HasParseError() || !document.IsObject()
      || !document.HasMember("inv_metric"))
    throw std::invalid_argument("Error reading " + path
                                + ": it must be a JSON object with a member "
                                  "\"inv_metric\"");
  rapidjson::StringBuffer text;
  rapidjson::Writer<rapidjson::StringBuffer> writer(text);
  document["inv_metric"].Accept(writer);
  std::istringstream alone("{\"inv_metric\": " + std::string(text.GetString())
                           + "}");
  return parse_json(alone);
}

}  // namespace frontend

// The validator is headers only and takes half a minute to compile: that is done here, once.
// GCC 12 sees an overlap in string concatenation that is not there (GCC bug 105651), and under the address
// sanitiser an uninitialised std::function inside <regex> (GCC bug 105562).
#pragma GCC diagnostic ignored "-Wrestrict"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include "tests/support/json_schema.h"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace aapp::test {

using valijson::adapters::NlohmannJsonAdapter;

JsonSchema::JsonSchema(const nlohmann::json& schema) : schema_(std::make_unique<valijson::Schema>()) {
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(NlohmannJsonAdapter(schema), *schema_);
}

JsonSchema::~JsonSchema() = default;

std::vector<std::string> JsonSchema::faults(const nlohmann::json& document) const {
  valijson::ValidationResults results;
  if (valijson::Validator().validate(*schema_, NlohmannJsonAdapter(document), &results)) return {};
  std::vector<std::string> found;
  for (valijson::ValidationResults::Error error; results.popError(error);) {
    std::string at;
    for (const std::string& step : error.context) at += step;
    found.push_back(at + ": " + error.description);
  }
  return found;
}

}  // namespace aapp::test

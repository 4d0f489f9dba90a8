// A JSON Schema of docs/, checked by an independent validator. GCC 12 sees an overlap in string concatenation
// that is not there (GCC bug 105651), here inside valijson: whoever includes this ignores -Wrestrict first.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp::test {

class JsonSchema {
 public:
  explicit JsonSchema(const std::string& file) {
    const auto json = nlohmann::json::parse(read_bytes(source_path("docs/" + file)));
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(valijson::adapters::NlohmannJsonAdapter(json), schema_);
  }
  bool accepts(const nlohmann::json& document) {
    return valijson::Validator().validate(schema_, valijson::adapters::NlohmannJsonAdapter(document),
                                          nullptr);
  }

 private:
  valijson::Schema schema_;
};

}  // namespace aapp::test

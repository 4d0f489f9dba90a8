// A JSON Schema of ours (draft 7), checked by an independent validator.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace valijson {
class Schema;
}

namespace aapp::test {

class JsonSchema {
 public:
  explicit JsonSchema(const nlohmann::json& schema);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  // What the schema finds wrong with a document, place and reason; empty where it accepts it.
  std::vector<std::string> faults(const nlohmann::json& document) const;
  bool accepts(const nlohmann::json& document) const { return faults(document).empty(); }

 private:
  std::unique_ptr<valijson::Schema> schema_;
};

// One of those in docs/.
inline JsonSchema schema_of_docs(const std::string& file) {
  return JsonSchema(nlohmann::json::parse(read_bytes(source_path("docs/" + file))));
}

}  // namespace aapp::test

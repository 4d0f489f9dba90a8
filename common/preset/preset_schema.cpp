#include "common/preset/preset_schema.h"

#include <nlohmann/json.hpp>

#include "common/preset/json_writer.h"
#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

using effects::EffectType;
using effects::ParamKind;
using effects::ParamSpec;
using effects::ParamTable;
using Json = nlohmann::ordered_json;

Json params_schema(ParamTable table);

std::string description(const ParamSpec& spec) {
  if (spec.unit.empty()) return std::string(spec.help);
  return fmt::format("{} ({})", spec.help, spec.unit);
}

Json param_schema(const ParamSpec& spec) {
  Json schema{{"description", description(spec)}};
  switch (spec.kind) {
    case ParamKind::number:
      schema.update({{"type", "number"}, {"minimum", spec.min}, {"maximum", spec.max}});
      schema["default"] = spec.default_value;
      break;
    case ParamKind::toggle:
      schema["type"] = "boolean";
      schema["default"] = spec.default_value >= 0.5;
      break;
    case ParamKind::choice:
      schema["enum"] = spec.choices;
      schema["default"] = spec.choices[static_cast<std::size_t>(spec.default_value)];
      break;
    case ParamKind::list:
      schema.update({{"type", "array"}, {"maxItems", spec.max_elements}});
      schema["items"] = params_schema(spec.element);
      break;
  }
  return schema;
}

Json params_schema(ParamTable table) {
  Json properties = Json::object();
  for (const ParamSpec& spec : table) properties[std::string(spec.id)] = param_schema(spec);
  return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

// What "params" may hold depends on "effect": one if-then per effect, so that a validator points at the
// parameter and not at the whole node.
Json node_schema() {
  Json ids = Json::array();
  Json branches = Json::array();
  for (const EffectType& type : effects::effect_types()) {
    ids.push_back(type.id);
    branches.push_back({{"if", {{"properties", {{"effect", {{"const", type.id}}}}}}},
                        {"then", {{"properties", {{"params", params_schema(type.table)}}}}}});
  }
  Json node{{"type", "object"}, {"required", {"effect"}}, {"additionalProperties", false}};
  node["properties"] = {
      {"effect", {{"description", "which effect"}, {"enum", ids}}},
      {"bypass", {{"description", "true leaves the effect out"}, {"type", "boolean"}}},
      {"params", {{"description", "omitted ones keep their defaults"}, {"type", "object"}}}};
  node["allOf"] = branches;
  return node;
}

Json text_schema(const char* text) {
  return {{"description", text}, {"type", "string"}};
}

Json object_schema(const char* text) {
  return {{"description", text}, {"type", "object"}};
}

}  // namespace

std::string preset_schema() {
  Json schema{
      {"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "aapp preset"}, {"type", "object"}};
  schema["required"] = {"format", "version", "chain"};
  schema["properties"] = {{"$schema", text_schema("for editors; not kept")},
                          {"format", {{"const", kFormatName}}},
                          {"version", {{"const", kFormatVersion}}},
                          {"name", text_schema("a few words for people")},
                          {"description", text_schema("what the preset is for")},
                          {"chain",
                           {{"description", "the effects, in the order in which they are played"},
                            {"type", "array"},
                            {"maxItems", kMaxChainNodes},
                            {"items", node_schema()}}},
                          {"fit", object_schema("what the analyser reports about its fit; kept as it is")},
                          {"provenance", object_schema("where the preset comes from; kept as it is")}};
  schema["additionalProperties"] = false;
  return write_json(schema);
}

}  // namespace aapp::preset

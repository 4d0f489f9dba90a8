#include "common/preset/preset_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/base/nearest_name.h"
#include "common/preset/json_reader.h"
#include "common/preset/json_writer.h"
#include "common/preset/params_json.h"

namespace aapp::preset {
namespace {

using effects::EffectType;
using Json = nlohmann::ordered_json;

// "$schema" is for editors; it is not kept.
constexpr std::array<std::string_view, 8> kPresetKeys{"format", "version", "name",       "description",
                                                      "chain",  "fit",     "provenance", "$schema"};
constexpr std::array<std::string_view, 3> kNodeKeys{"effect", "bypass", "params"};

// Control characters: below space but line feed, delete, and the C1 set (in UTF-8, C2 80 to C2 9F).
bool is_printable(const std::string& text) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\n') || byte == 0x7F || (before == 0xC2 && byte < 0xA0)) return false;
    before = byte;
  }
  return true;
}

// Names are shown on terminals, where control characters could do anything.
Result<std::string> read_text(const Json& object, const char* key, const Place& place) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return not_allowed(place.at(key), *found, "a string");
  const auto& text = found->get_ref<const std::string&>();
  if (!is_printable(text)) return not_allowed(place.at(key), *found, "without control characters");
  return text;
}

// Kept as it is, so that a newer analyser may say more than this player knows.
Result<std::string> read_verbatim(const Json& object, const char* key, const Place& place) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_object()) return not_allowed(place.at(key), *found, "an object");
  return write_json(*found);
}

Result<const EffectType*> read_effect_type(const Json& node, const Place& place) {
  std::vector<std::string_view> known;
  for (const EffectType& type : effects::effect_types()) known.push_back(type.id);
  const std::string must_be = fmt::format("one of {}", fmt::join(known, ", "));
  const auto found = node.find("effect");
  if (found == node.end()) {
    return fail(ErrorCode::preset_invalid, "{}: {} is missing; must be {}", place.source,
                place.at("effect").pointer, must_be);
  }
  if (!found->is_string()) return not_allowed(place.at("effect"), *found, must_be);
  const auto& id = found->get_ref<const std::string&>();
  if (const EffectType* type = effects::find_effect_type(id)) return type;
  return not_allowed(place.at("effect"), *found, must_be + did_you_mean(id, known));
}

Result<ChainNode> read_node(const Json& node, const Place& place) {
  if (Result<void> checked = check_keys(node, kNodeKeys, place); !checked)
    return tl::unexpected(checked.error());
  const Result<const EffectType*> type = read_effect_type(node, place);
  if (!type) return tl::unexpected(type.error());
  ChainNode result{.params = (*type)->defaults};
  if (const auto bypass = node.find("bypass"); bypass != node.end()) {
    if (!bypass->is_boolean()) return not_allowed(place.at("bypass"), *bypass, "true or false");
    result.bypass = bypass->get<bool>();
  }
  if (const auto params = node.find("params"); params != node.end()) {
    const Result<void> read =
        read_params(*params, (*type)->table, effects::params_data(result.params), place.at("params"));
    if (!read) return tl::unexpected(read.error());
  }
  return result;
}

Result<std::vector<ChainNode>> read_chain(const Json& document, const Place& root) {
  const Place place = root.at("chain");
  const auto found = document.find("chain");
  if (found == document.end()) {
    return fail(ErrorCode::preset_invalid, "{}: /chain is missing; must be a list of effects", root.source);
  }
  if (!found->is_array()) return not_allowed(place, *found, "a list of effects");
  if (found->size() > kMaxChainNodes) {
    return fail(ErrorCode::preset_invalid, "{}: /chain has {} effects; must be at most {}", root.source,
                found->size(), kMaxChainNodes);
  }
  std::vector<ChainNode> chain;
  for (std::size_t i = 0; i < found->size(); ++i) {
    Result<ChainNode> node = read_node((*found)[i], place.at(i));
    if (!node) return tl::unexpected(node.error());
    chain.push_back(*node);
  }
  return chain;
}

Result<int> read_version(const Json& document, const Place& place) {
  if (!document.is_object()) return not_allowed(place, document, "a preset, that is, an object");
  const auto format = document.find("format");
  if (format == document.end()) {
    return fail(ErrorCode::preset_invalid, "{}: is no preset: /format is missing; must be \"{}\"",
                place.source, kFormatName);
  }
  if (*format != kFormatName) {
    return not_allowed(place.at("format"), *format, fmt::format("\"{}\"", kFormatName));
  }
  const auto version = document.find("version");
  if (version == document.end()) {
    return fail(ErrorCode::preset_invalid, "{}: /version is missing; must be {}", place.source,
                kFormatVersion);
  }
  constexpr std::int64_t kMaxVersion = 1'000'000;  // so that it fits an int
  const bool is_number = version->is_number_integer() && *version >= 0 && *version <= kMaxVersion;
  if (!is_number)
    return not_allowed(place.at("version"), *version, "a whole number, the version of the format");
  return version->get<int>();
}

// A document of the current version.
Result<Preset> read_preset(const Json& document, const Place& root) {
  if (Result<void> checked = check_keys(document, kPresetKeys, root); !checked)
    return tl::unexpected(checked.error());
  Preset preset;
  const auto into = [](std::string& field) {
    return [&field](std::string text) { field = std::move(text); };
  };
  const Result<void> texts =
      read_text(document, "name", root)
          .map(into(preset.name))
          .and_then([&] { return read_text(document, "description", root).map(into(preset.description)); })
          .and_then([&] { return read_verbatim(document, "fit", root).map(into(preset.fit_json)); })
          .and_then(
              [&] { return read_verbatim(document, "provenance", root).map(into(preset.provenance_json)); });
  if (!texts) return tl::unexpected(texts.error());
  return read_chain(document, root).map([&](std::vector<ChainNode> chain) {
    preset.chain = std::move(chain);
    return preset;
  });
}

Json write_node(const ChainNode& node) {
  const EffectType& type = effects::effect_type(node.params);
  Json object{{"effect", type.id}};
  if (node.bypass) object["bypass"] = true;
  object["params"] = write_params(type.table, effects::params_data(node.params));
  return object;
}

void write_verbatim(Json& document, const char* key, const std::string& text) {
  if (text.empty()) return;
  const Result<Json> value = read_json(text, key);
  if (value && value->is_object()) document[key] = *value;
}

}  // namespace

Result<Preset> parse_preset(std::string_view text, std::string_view source, const FormatVersions& versions) {
  if (text.size() > kMaxPresetBytes) {
    return fail(ErrorCode::preset_invalid, "{}: is larger than {} MiB, the most that a preset may be", source,
                kMaxPresetBytes >> 20);
  }
  const Place root{source};
  Result<Json> document = read_json(text, source);
  if (!document) return tl::unexpected(document.error());
  const Result<int> version = read_version(*document, root);
  if (!version) return tl::unexpected(version.error());
  if (*version != versions.current) {
    const Result<std::string> migrated = migrate(std::string(text), *version, versions, source);
    if (!migrated) return tl::unexpected(migrated.error());
    document = read_json(*migrated, source);
    if (!document) return tl::unexpected(document.error());
  }
  return read_preset(*document, root);
}

std::string format_preset(const Preset& preset) {
  Json document{{"format", kFormatName}, {"version", kFormatVersion}, {"name", preset.name}};
  if (!preset.description.empty()) document["description"] = preset.description;
  document["chain"] = Json::array();
  for (const ChainNode& node : preset.chain) document["chain"].push_back(write_node(node));
  write_verbatim(document, "fit", preset.fit_json);
  write_verbatim(document, "provenance", preset.provenance_json);
  return write_json(document);
}

}  // namespace aapp::preset

#include "common/preset/params_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/base/nearest_name.h"
#include "common/preset/json_reader.h"
#include "common/preset/param_text.h"

namespace aapp::preset {
namespace {

using effects::ParamKind;
using effects::ParamSpec;
using effects::ParamTable;
using Json = nlohmann::ordered_json;

Result<double> read_number(const Json& value, const ParamSpec& spec, const Place& place) {
  if (!value.is_number()) return not_allowed(place, value, "a number, " + range_text(spec));
  const double number = value.get<double>();
  if (!(number >= spec.min && number <= spec.max)) return not_allowed(place, value, range_text(spec));
  return number;
}

Result<double> read_toggle(const Json& value, const ParamSpec& spec, const Place& place) {
  if (!value.is_boolean()) return not_allowed(place, value, range_text(spec));
  return value.get<bool>() ? 1.0 : 0.0;
}

Result<double> read_choice(const Json& value, const ParamSpec& spec, const Place& place) {
  if (!value.is_string()) return not_allowed(place, value, range_text(spec));
  const auto& name = value.get_ref<const std::string&>();
  const auto found = std::find(spec.choices.begin(), spec.choices.end(), name);
  if (found == spec.choices.end()) {
    return not_allowed(place, value, range_text(spec) + did_you_mean(name, spec.choices));
  }
  return static_cast<double>(found - spec.choices.begin());
}

Result<double> read_value(const Json& value, const ParamSpec& spec, const Place& place) {
  switch (spec.kind) {
    case ParamKind::toggle:
      return read_toggle(value, spec, place);
    case ParamKind::choice:
      return read_choice(value, spec, place);
    default:
      return read_number(value, spec, place);
  }
}

Result<void> read_list(const Json& list, const ParamSpec& spec, void* params, const Place& place) {
  if (!list.is_array()) return not_allowed(place, list, range_text(spec));
  if (list.size() > spec.max_elements) {
    return fail(ErrorCode::preset_invalid, "{}: {} has {} elements; must be {}", place.source, place.pointer,
                list.size(), range_text(spec));
  }
  spec.list_resize(params, list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    Result<void> read = read_params(list[i], spec.element, spec.list_at(params, i), place.at(i));
    if (!read) return read;
  }
  return {};
}

Result<void> read_param(const Json& value, const ParamSpec& spec, void* params, const Place& place) {
  if (spec.kind == ParamKind::list) return read_list(value, spec, params, place);
  return read_value(value, spec, place).map([&](double number) { spec.set(params, number); });
}

Json write_value(const ParamSpec& spec, double value) {
  switch (spec.kind) {
    case ParamKind::toggle:
      return value >= 0.5;
    case ParamKind::choice:
      return spec.choices[static_cast<std::size_t>(value)];
    default:
      return value;
  }
}

Json write_list(const ParamSpec& spec, const void* params) {
  Json list = Json::array();
  // list_at hands out writable elements; these are only read.
  void* const source = const_cast<void*>(params);
  for (std::size_t i = 0; i < spec.list_size(params); ++i) {
    list.push_back(write_params(spec.element, spec.list_at(source, i)));
  }
  return list;
}

}  // namespace

Place Place::at(std::string_view key) const {
  return {source, pointer + pointer_step(key)};
}
Place Place::at(std::size_t index) const {
  return {source, pointer + pointer_step(index)};
}

tl::unexpected<Error> not_allowed(const Place& place, const Json& value, std::string_view must_be) {
  const std::string subject = place.pointer.empty() ? "the document" : place.pointer;
  return fail(ErrorCode::preset_invalid, "{}: {} is {}; must be {}", place.source, subject, show_json(value),
              must_be);
}

Result<void> check_keys(const Json& object, std::span<const std::string_view> known, const Place& place) {
  if (!object.is_object()) return not_allowed(place, object, "an object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string hint = did_you_mean(key, known);
    if (hint.empty()) hint = fmt::format("; known here: {}", fmt::join(known, ", "));
    return fail(ErrorCode::preset_invalid, "{}: {} is not known{}", place.source, place.at(key).pointer,
                hint);
  }
  return {};
}

Result<void> read_params(const Json& object, ParamTable table, void* params, const Place& place) {
  std::vector<std::string_view> known;
  for (const ParamSpec& spec : table) known.push_back(spec.id);
  if (Result<void> checked = check_keys(object, known, place); !checked) return checked;
  for (const auto& [key, value] : object.items()) {
    Result<void> read = read_param(value, *effects::find_param(table, key), params, place.at(key));
    if (!read) return read;
  }
  return {};
}

Json write_params(ParamTable table, const void* params) {
  Json object = Json::object();
  for (const ParamSpec& spec : table) {
    object[std::string(spec.id)] =
        spec.kind == ParamKind::list ? write_list(spec, params) : write_value(spec, spec.get(params));
  }
  return object;
}

}  // namespace aapp::preset

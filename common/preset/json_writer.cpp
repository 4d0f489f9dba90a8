#include "common/preset/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace aapp::preset {
namespace {

using Json = nlohmann::ordered_json;

std::string quote(const std::string& text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string number_text(double value) {
  // "-0" would be read back as the integer 0, which has no sign.
  return value == 0.0 && std::signbit(value) ? "-0.0" : fmt::format("{}", value);
}

std::string on_one_line(const Json& value) {
  if (value.is_number_float()) return number_text(value.get<double>());
  if (!value.is_structured()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (value.empty()) return value.is_object() ? "{}" : "[]";
  std::string items;
  for (const auto& [key, item] : value.items()) {
    if (!items.empty()) items += ", ";
    if (value.is_object()) items += quote(key) + ": ";
    items += on_one_line(item);
  }
  return value.is_object() ? fmt::format("{{ {} }}", items) : fmt::format("[{}]", items);
}

bool holds_only_scalars(const Json& list) {
  return std::none_of(list.begin(), list.end(), [](const Json& item) { return item.is_structured(); });
}

// Long lists of numbers run on from line to line.
std::string filled(const Json& list, const std::string& indent) {
  std::string text = "[";
  std::size_t column = kJsonLineWidth;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string item = on_one_line(list[i]) + (i + 1 < list.size() ? "," : "");
    const bool fits = column + 1 + item.size() <= kJsonLineWidth;
    text += fits ? " " : fmt::format("\n{}  ", indent);
    column = fits ? column + 1 + item.size() : indent.size() + 2 + item.size();
    text += item;
  }
  return fmt::format("{}\n{}]", text, indent);
}

// `column` is where the value starts on its line.
std::string layout(const Json& value, const std::string& indent, std::size_t column) {
  std::string line = on_one_line(value);
  if (!value.is_structured() || column + line.size() < kJsonLineWidth) return line;
  if (value.is_array() && holds_only_scalars(value)) return filled(value, indent);
  const std::string inner = indent + "  ";
  std::string text;
  for (const auto& [key, item] : value.items()) {
    const std::string label = value.is_object() ? quote(key) + ": " : std::string();
    text += fmt::format("{}\n{}{}{}", text.empty() ? "" : ",", inner, label,
                        layout(item, inner, inner.size() + label.size()));
  }
  return value.is_object() ? fmt::format("{{{}\n{}}}", text, indent) : fmt::format("[{}\n{}]", text, indent);
}

}  // namespace

// The outermost object always has a line for each key.
std::string write_json(const Json& document) {
  return layout(document, "", kJsonLineWidth) + "\n";
}

}  // namespace aapp::preset

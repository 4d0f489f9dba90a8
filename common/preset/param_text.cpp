#include "common/preset/param_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace aapp::preset {
namespace {

std::string with_unit(std::string text, std::string_view unit) {
  if (unit.empty()) return text;
  return fmt::format("{} {}", text, unit);
}

}  // namespace

std::string label_text(const effects::ParamSpec& spec) {
  std::string label(spec.id);
  std::string suffix = fmt::format("_{}", spec.unit);
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!spec.unit.empty() && label.ends_with(suffix)) label.resize(label.size() - suffix.size());
  std::replace(label.begin(), label.end(), '_', ' ');
  return label;
}

std::string value_text(const effects::ParamSpec& spec, double value) {
  switch (spec.kind) {
    case effects::ParamKind::toggle:
      return value >= 0.5 ? "on" : "off";
    case effects::ParamKind::choice:
      return std::string(spec.choices[static_cast<std::size_t>(value)]);
    default:
      return with_unit(fmt::format("{:.6g}", value), spec.unit);
  }
}

std::string range_text(const effects::ParamSpec& spec) {
  switch (spec.kind) {
    case effects::ParamKind::toggle:
      return "true or false";
    case effects::ParamKind::choice:
      return fmt::format("one of {}", fmt::join(spec.choices, ", "));
    case effects::ParamKind::list:
      return fmt::format("a list of at most {}", spec.max_elements);
    default:
      return with_unit(fmt::format("{} to {}", spec.min, spec.max), spec.unit);
  }
}

}  // namespace aapp::preset

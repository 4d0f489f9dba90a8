#include "common/preset/param_text.h"

#include <fmt/format.h>

namespace aapp::preset {
namespace {

std::string with_unit(std::string text, std::string_view unit) {
  if (unit.empty()) return text;
  return fmt::format("{} {}", text, unit);
}

}  // namespace

std::string value_text(const effects::ParamSpec& spec, double value) {
  switch (spec.kind) {
    case effects::ParamKind::toggle:
      return value >= 0.5 ? "on" : "off";
    case effects::ParamKind::choice:
      return std::string(spec.choices[static_cast<std::size_t>(value)]);
    default:
      return with_unit(fmt::format("{}", value), spec.unit);
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

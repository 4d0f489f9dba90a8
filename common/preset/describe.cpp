#include "common/preset/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/preset/param_text.h"

namespace aapp::preset {
namespace {

using effects::EffectType;
using effects::ParamKind;
using effects::ParamSpec;
using effects::ParamTable;

// "peak, frequency 2310 Hz, gain -3.2 dB, q 1.41, enabled on": choices speak for themselves.
std::string element_line(ParamTable table, const void* element) {
  std::string line;
  for (const ParamSpec& spec : table) {
    const std::string value = value_text(spec, spec.get(element));
    if (!line.empty()) line += ", ";
    line += spec.kind == ParamKind::choice ? value : fmt::format("{} {}", label_text(spec), value);
  }
  return line;
}

std::string list_lines(const ParamSpec& spec, const void* params) {
  const std::size_t size = spec.list_size(params);
  if (size == 0) return fmt::format("     {}: none\n", label_text(spec));
  // list_at hands out writable elements; these are only read.
  void* const source = const_cast<void*>(params);
  std::string lines;
  for (std::size_t i = 0; i < size; ++i) {
    lines += fmt::format("     {}\n", element_line(spec.element, spec.list_at(source, i)));
  }
  return lines;
}

std::string node_lines(const ChainNode& node) {
  const EffectType& type = effects::effect_type(node.params);
  const void* params = effects::params_data(node.params);
  std::string lines;
  for (const ParamSpec& spec : type.table) {
    lines += spec.kind == ParamKind::list
                 ? list_lines(spec, params)
                 : fmt::format("     {:<14} {}\n", label_text(spec), value_text(spec, spec.get(params)));
  }
  return lines;
}

std::string default_text(const ParamSpec& spec) {
  switch (spec.kind) {
    case ParamKind::list:
      return "empty";
    case ParamKind::toggle:
      return spec.default_value >= 0.5 ? "true" : "false";
    default:
      return value_text(spec, spec.default_value);
  }
}

// The bar of a list of choices would end a cell of the table; commas do not.
std::string reference_rows(ParamTable table, const std::string& prefix) {
  std::string rows;
  for (const ParamSpec& spec : table) {
    rows += fmt::format("| `{}{}` | {} | {} | {} |\n", prefix, spec.id, range_text(spec), default_text(spec),
                        spec.help);
    if (spec.kind == ParamKind::list)
      rows += reference_rows(spec.element, fmt::format("{}{}[].", prefix, spec.id));
  }
  return rows;
}

}  // namespace

std::string describe_chain(const Preset& preset) {
  std::string text;
  for (std::size_t i = 0; i < preset.chain.size(); ++i) {
    const ChainNode& node = preset.chain[i];
    text += fmt::format("  {}. {}{}\n{}", i + 1, effects::effect_type(node.params).id,
                        node.bypass ? " (bypassed)" : "", node_lines(node));
  }
  return text.empty() ? "  no effects: the sound passes unchanged\n" : text;
}

std::string parameter_reference() {
  std::string text;
  for (const EffectType& type : effects::effect_types()) {
    if (!text.empty()) text += "\n";
    text += fmt::format("### `{}`: {}\n\n| parameter | range | default | meaning |\n|---|---|---|---|\n{}",
                        type.id, type.summary, reference_rows(type.table, ""));
  }
  return text;
}

}  // namespace aapp::preset

#include "play/admission/cost_shape.h"

#include <fmt/format.h>

namespace aapp::play {
namespace {

void append(std::string& shape, effects::ParamTable table, const void* params) {
  for (const effects::ParamSpec& spec : table) {
    switch (spec.kind) {
      case effects::ParamKind::number:
        // What waits for the next prepare decides latencies, hence memory.
        shape += spec.change == effects::Change::at_prepare ? fmt::format("{},", spec.get(params))
                 : spec.get(params) == 0.0                  ? "0,"
                                                            : "x,";
        break;
      case effects::ParamKind::toggle:
      case effects::ParamKind::choice:
        shape += fmt::format("{},", spec.get(params));
        break;
      case effects::ParamKind::list:
        shape += '[';
        for (std::size_t i = 0; i < spec.list_size(params); ++i) {
          // list_at hands out writable elements; these are only read.
          append(shape, spec.element, spec.list_at(const_cast<void*>(params), i));
          shape += ';';
        }
        shape += ']';
        break;
    }
  }
}

}  // namespace

std::string cost_shape(const Preset& preset) {
  std::string shape;
  for (const ChainNode& node : preset.chain) {
    const effects::EffectType& type = effects::effect_type(node.params);
    shape += fmt::format("{}{}(", type.id, node.bypass ? " bypassed" : "");
    append(shape, type.table, effects::params_data(node.params));
    shape += ')';
  }
  return shape;
}

}  // namespace aapp::play

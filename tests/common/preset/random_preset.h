// Presets at random, by the tables alone: any effect in the registry, any value that its rows allow.
#pragma once

#include <random>

#include "common/preset/preset.h"

namespace aapp::test {

class RandomPreset {
 public:
  explicit RandomPreset(unsigned seed) : random_(seed) {}

  Preset next() {
    Preset preset{.name = "random", .description = {}, .chain = {}, .fit_json = {}, .provenance_json = {}};
    const auto types = effects::effect_types();
    const std::size_t nodes = random_() % 6;
    for (std::size_t i = 0; i < nodes; ++i) {
      const effects::EffectType& type = types[random_() % types.size()];
      ChainNode node{.params = type.defaults, .bypass = random_() % 4 == 0};
      fill(type.table, effects::params_data(node.params));
      preset.chain.push_back(node);
    }
    return preset;
  }

 private:
  void fill(effects::ParamTable table, void* params) {
    for (const effects::ParamSpec& spec : table) {
      if (spec.kind == effects::ParamKind::list) {
        spec.list_resize(params, random_() % (spec.max_elements + 1));
        for (std::size_t i = 0; i < spec.list_size(params); ++i) fill(spec.element, spec.list_at(params, i));
      } else {
        spec.set(params, value(spec));
      }
    }
  }

  double value(const effects::ParamSpec& spec) {
    if (spec.kind == effects::ParamKind::choice) return static_cast<double>(random_() % spec.choices.size());
    switch (random_() % 4) {
      case 0:
        return spec.min;
      case 1:
        return spec.max;
      default:
        return std::uniform_real_distribution(spec.min, spec.max)(random_);
    }
  }

  std::mt19937 random_;
};

}  // namespace aapp::test

// What the contract suite plays: every effect of the registry, with its defaults, at the ends of its ranges
// and at random settings. Drawn from the parameter tables alone, so a new effect is covered without an edit
// here.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "common/effects/registry.h"

namespace aapp::test {

struct ContractCase {
  std::string name;
  effects::AnyParams params;
};

// Calls visit(spec, params) for each single value, also inside lists; params is what the row's get and set
// take.
template <class Visit>
void for_each_value(effects::ParamTable table, void* params, Visit&& visit) {
  for (const effects::ParamSpec& spec : table) {
    if (spec.kind != effects::ParamKind::list) {
      visit(spec, params);
      continue;
    }
    for (std::size_t i = 0; i < spec.list_size(params); ++i)
      for_each_value(spec.element, spec.list_at(params, i), visit);
  }
}

inline void resize_lists(effects::ParamTable table, void* params, std::size_t size) {
  for (const effects::ParamSpec& spec : table) {
    if (spec.kind == effects::ParamKind::list) spec.list_resize(params, std::min(size, spec.max_elements));
  }
}

// `part` 0 to 1 of the way from min to max, on the row's own scale.
inline double value_at(const effects::ParamSpec& spec, double part) {
  if (spec.scale == effects::Scale::logarithmic) return spec.min * std::pow(spec.max / spec.min, part);
  const double value = spec.min + part * (spec.max - spec.min);
  return spec.kind == effects::ParamKind::number ? value : std::round(value);
}

inline effects::AnyParams random_params(const effects::EffectType& type, unsigned seed,
                                        std::size_t list_size = 3) {
  effects::AnyParams params = type.defaults;
  std::mt19937 random(seed);
  resize_lists(type.table, effects::params_data(params), list_size);
  for_each_value(type.table, effects::params_data(params),
                 [&random](const effects::ParamSpec& spec, void* at) {
                   spec.set(at, value_at(spec, static_cast<double>(random() % 1001) / 1000.0));
                 });
  return params;
}

// Defaults, each value at both of its ends while the others are at their defaults, and some random settings.
inline std::vector<ContractCase> contract_cases(const effects::EffectType& type, unsigned random_cases = 6) {
  std::vector<ContractCase> cases{{"defaults", type.defaults}};
  effects::AnyParams base = type.defaults;
  resize_lists(type.table, effects::params_data(base), 1);
  std::size_t values = 0;
  for_each_value(type.table, effects::params_data(base),
                 [&values](const effects::ParamSpec&, void*) { ++values; });
  for (std::size_t chosen = 0; chosen < values; ++chosen) {
    for (const double part : {0.0, 1.0}) {
      ContractCase extreme{"", base};
      std::size_t index = 0;
      for_each_value(
          type.table, effects::params_data(extreme.params), [&](const effects::ParamSpec& spec, void* at) {
            if (index++ != chosen) return;
            spec.set(at, value_at(spec, part));
            extreme.name = std::string(spec.id) + (part == 0.0 ? " at its lowest" : " at its highest");
          });
      cases.push_back(extreme);
    }
  }
  for (unsigned seed = 1; seed <= random_cases; ++seed) {
    cases.push_back({"random settings " + std::to_string(seed), random_params(type, seed)});
  }
  return cases;
}

}  // namespace aapp::test

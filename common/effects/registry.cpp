#include "common/effects/registry.h"

#include <array>

namespace aapp::effects {
namespace {

template <class... Effects>
std::array<EffectType, sizeof...(Effects)> describe(EffectList<Effects...>) {
  return {EffectType{Effects::kId, Effects::kSummary, Effects::kTable, typename Effects::Params{}}...};
}

template <class... Effects>
std::unique_ptr<Effect> make(EffectList<Effects...>, std::size_t index) {
  using Maker = std::unique_ptr<Effect> (*)();
  static constexpr Maker kMakers[] = {
      []() -> std::unique_ptr<Effect> { return std::make_unique<Effects>(); }...};
  return kMakers[index]();
}

}  // namespace

std::span<const EffectType> effect_types() {
  static const auto kTypes = describe(AllEffects{});
  return kTypes;
}

const EffectType* find_effect_type(std::string_view id) {
  for (const EffectType& type : effect_types()) {
    if (type.id == id) return &type;
  }
  return nullptr;
}

const EffectType& effect_type(const AnyParams& params) {
  return effect_types()[params.index()];
}

const void* params_data(const AnyParams& params) {
  return std::visit([](const auto& p) { return static_cast<const void*>(&p); }, params);
}

void* params_data(AnyParams& params) {
  return std::visit([](auto& p) { return static_cast<void*>(&p); }, params);
}

std::unique_ptr<Effect> make_effect(const AnyParams& params) {
  std::unique_ptr<Effect> effect = make(AllEffects{}, params.index());
  set_params(*effect, params);
  return effect;
}

void set_params(Effect& effect, const AnyParams& params) noexcept {
  std::visit([&effect]<class Params>(const Params& p) { static_cast<TypedEffect<Params>&>(effect).set(p); },
             params);
}

}  // namespace aapp::effects

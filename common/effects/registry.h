// The registry: the only file that names every effect. A new effect is its own two files plus two lines here:
// the include and its name in AllEffects. JSON, schema, chain, docs and the contract tests follow from it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "common/effects/compressor.h"
#include "common/effects/effect.h"
#include "common/effects/eq.h"
#include "common/effects/gain.h"
#include "common/effects/limiter.h"

namespace aapp::effects {

template <class... Effects>
struct EffectList {
  using AnyParams = std::variant<typename Effects::Params...>;
};

using AllEffects = EffectList<  //
    Gain, Eq, Compressor, Limiter>;

// The settings of one effect, whichever it is: a plain value.
using AnyParams = AllEffects::AnyParams;

struct EffectType {
  std::string_view id;       // the "effect" key of a preset
  std::string_view summary;  // one line for people
  ParamTable table;
  AnyParams defaults;
};

// In the order of AllEffects.
std::span<const EffectType> effect_types();
// The type with this id, or nullptr.
const EffectType* find_effect_type(std::string_view id);
const EffectType& effect_type(const AnyParams& params);

// The Params struct inside, for ParamSpec::get and set.
const void* params_data(const AnyParams& params);
void* params_data(AnyParams& params);

// Allocates; not for the audio thread. The effect has these parameters and is not prepared.
std::unique_ptr<Effect> make_effect(const AnyParams& params);
// Effect::set through the type that both have. Requires that `effect` was made from params of the same type.
// Real-time safe.
void set_params(Effect& effect, const AnyParams& params) noexcept;

}  // namespace aapp::effects

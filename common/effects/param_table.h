// Parameter tables: one constexpr row per parameter says its id, unit, range, scale and help. The default is
// the member initialiser of the Params struct, so it too stands once. The table alone feeds JSON, schema,
// --set, MIDI and OSC maps, meters and docs; nothing else lists parameters.
//
//   struct GainParams { double gain_db = 0; };
//   inline constexpr std::array kGainTable{number<&GainParams::gain_db>({.id = "gain_db", ...})};
//
// Values travel as double: numbers as themselves, toggles as 0 or 1, choices as the index of their name.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace aapp::effects {

enum class ParamKind { number, toggle, choice, list };
enum class Scale { linear, logarithmic };  // how a knob or a MIDI controller moves from min to max

// What a new value does to an effect that is playing.
enum class Change {
  glides,      // heard within 50 ms, without a click
  at_prepare,  // waits for the next prepare: it decides the latency
};

struct ParamSpec;
using ParamTable = std::span<const ParamSpec>;

struct ParamSpec {
  // What the author of a table states.
  std::string_view id;      // the JSON key; carries its unit: threshold_db
  std::string_view unit{};  // "dB", "Hz", "ms", "" ...
  double min = 0.0;
  double max = 1.0;
  Scale scale = Scale::linear;
  std::string_view help{};
  Change change = Change::glides;
  std::span<const std::string_view> choices{};  // names, in the order of the enum
  ParamTable element{};                         // kind list: the parameters of one element
  std::size_t max_elements = 0;

  // What the helpers below fill in: access to a Params struct, or to one element of a list.
  ParamKind kind = ParamKind::number;
  double (*get)(const void* params) = nullptr;
  void (*set)(void* params, double value) = nullptr;
  std::size_t (*list_size)(const void* params) = nullptr;
  void (*list_resize)(void* params, std::size_t size) = nullptr;  // size <= max_elements
  void* (*list_at)(void* params, std::size_t index) = nullptr;
  double default_value = 0.0;
};

namespace detail {
template <class M>
struct MemberOf;
template <class P, class V>
struct MemberOf<V P::*> {
  using Params = P;
  using Value = V;
};

template <auto Member>
constexpr ParamSpec with_access(ParamSpec spec, ParamKind kind) {
  using Params = typename MemberOf<decltype(Member)>::Params;
  using Value = typename MemberOf<decltype(Member)>::Value;
  spec.kind = kind;
  spec.get = [](const void* p) { return static_cast<double>(static_cast<const Params*>(p)->*Member); };
  spec.set = [](void* p, double v) { static_cast<Params*>(p)->*Member = static_cast<Value>(v); };
  spec.default_value = static_cast<double>(Params{}.*Member);
  return spec;
}
}  // namespace detail

template <auto Member>
constexpr ParamSpec number(ParamSpec spec) {
  return detail::with_access<Member>(spec, ParamKind::number);
}

template <auto Member>
constexpr ParamSpec toggle(ParamSpec spec) {
  spec.min = 0.0, spec.max = 1.0;
  ParamSpec full = detail::with_access<Member>(spec, ParamKind::toggle);
  using Params = typename detail::MemberOf<decltype(Member)>::Params;
  full.set = [](void* p, double v) { static_cast<Params*>(p)->*Member = v >= 0.5; };
  return full;
}

// The member is an enum whose values are 0, 1, 2 ... in the order of spec.choices.
template <auto Member>
constexpr ParamSpec choice(ParamSpec spec) {
  spec.min = 0.0, spec.max = static_cast<double>(spec.choices.size()) - 1.0;
  ParamSpec full = detail::with_access<Member>(spec, ParamKind::choice);
  using Params = typename detail::MemberOf<decltype(Member)>::Params;
  using Value = typename detail::MemberOf<decltype(Member)>::Value;
  full.set = [](void* p, double v) {
    static_cast<Params*>(p)->*Member = static_cast<Value>(static_cast<int>(v));
  };
  return full;
}

// The member is an InlineVector of a struct that spec.element describes.
template <auto Member>
constexpr ParamSpec list(ParamSpec spec) {
  using Params = typename detail::MemberOf<decltype(Member)>::Params;
  using Value = typename detail::MemberOf<decltype(Member)>::Value;
  spec.kind = ParamKind::list;
  spec.max_elements = Value::capacity();
  spec.list_size = [](const void* p) { return (static_cast<const Params*>(p)->*Member).size(); };
  spec.list_resize = [](void* p, std::size_t n) { (static_cast<Params*>(p)->*Member).resize(n); };
  spec.list_at = [](void* p, std::size_t i) {
    return static_cast<void*>(&(static_cast<Params*>(p)->*Member)[i]);
  };
  return spec;
}

// The row with this id, or nullptr.
constexpr const ParamSpec* find_param(ParamTable table, std::string_view id) {
  for (const ParamSpec& spec : table) {
    if (spec.id == id) return &spec;
  }
  return nullptr;
}

}  // namespace aapp::effects

// A preset: the chain that `fit` writes and that live and batch play. Plain values with equality;
// preset_json.h reads and writes it, chain.h plays it. Rates are not stored: Hz and ms mean the same at any
// rate.
#pragma once

#include <string>
#include <vector>

#include "common/effects/registry.h"

namespace aapp {

struct ChainNode {
  effects::AnyParams params;
  bool bypass = false;
  bool operator==(const ChainNode&) const = default;
};

inline constexpr std::size_t kMaxChainNodes = 64;

struct Preset {
  std::string name;
  std::string description;
  std::vector<ChainNode> chain;  // at most kMaxChainNodes, played in order
  // What the fit reports and where the preset comes from: JSON objects as text, kept as they are ("" =
  // absent), so that the player need not know what the analyser measured.
  std::string fit_json;
  std::string provenance_json;

  bool operator==(const Preset&) const = default;
};

}  // namespace aapp

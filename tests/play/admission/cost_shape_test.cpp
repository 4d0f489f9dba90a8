#include "play/admission/cost_shape.h"

#include <gtest/gtest.h>

namespace aapp::play {
namespace {

effects::EqParams eq_with(std::size_t bands) {
  effects::EqParams eq;
  for (std::size_t i = 0; i < bands; ++i) eq.bands.push_back({.frequency_hz = 500.0, .gain_db = 3.0});
  return eq;
}

Preset preset_of(const effects::AnyParams& params) {
  Preset preset;
  preset.chain.push_back({.params = params});
  return preset;
}

TEST(CostShape, NamesAndNumbersDoNotMatter) {
  effects::EqParams moved = eq_with(2);
  moved.bands[0].frequency_hz = 3000.0;
  moved.bands[1].gain_db = -7.0;
  Preset preset = preset_of(moved);
  preset.name = "another";
  EXPECT_EQ(cost_shape(preset), cost_shape(preset_of(eq_with(2))));
}

TEST(CostShape, WhateverCanChangeTheCostDoes) {
  const std::string plain = cost_shape(preset_of(eq_with(2)));
  effects::EqParams idle = eq_with(2), off = eq_with(2), other = eq_with(2);
  idle.bands[0].gain_db = 0.0;  // such a band is left out
  off.bands[0].enabled = false;
  other.bands[1].type = dsp::BandType::high_pass;
  Preset bypassed = preset_of(eq_with(2));
  bypassed.chain[0].bypass = true;
  Preset twice = preset_of(eq_with(2));
  twice.chain.push_back(twice.chain[0]);
  for (const Preset& preset :
       {preset_of(eq_with(3)), preset_of(idle), preset_of(off), preset_of(other), bypassed, twice, Preset{}})
    EXPECT_NE(cost_shape(preset), plain);
}

TEST(CostShape, WhatDecidesALatencyMatters) {
  EXPECT_NE(cost_shape(preset_of(effects::LimiterParams{.lookahead_ms = 2.0})),
            cost_shape(preset_of(effects::LimiterParams{.lookahead_ms = 5.0})));
  EXPECT_EQ(cost_shape(preset_of(effects::LimiterParams{.release_ms = 20.0})),
            cost_shape(preset_of(effects::LimiterParams{.release_ms = 50.0})));
}

}  // namespace
}  // namespace aapp::play

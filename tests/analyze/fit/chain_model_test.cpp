#include "analyze/fit/chain_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/preset/preset_json.h"

namespace aapp::fit {
namespace {

TEST(ToPreset, IsOneThatCanBePlayed) {
  ChainModel model{.kind = ChainKind::eq_then_compressor, .eq = {}, .gain_db = 0.0, .compressor = {}};
  model.eq.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 40.5, .q = 0.9}};
  model.compressor.threshold_db = -80.9, model.compressor.makeup_db = 60.1;
  model.compressor.release_ms = std::nextafter(5000.0, 6000.0);
  const Result<Preset> read = preset::parse_preset(preset::format_preset(to_preset(model)), "fitted.json");
  ASSERT_TRUE(read) << read.error().message;
  const auto& compressor = std::get<effects::CompressorParams>(read->chain[1].params);
  EXPECT_EQ(compressor.threshold_db, -80.0);
  // What the make-up may not be is a gain of its own.
  const auto& gain = std::get<effects::GainParams>(read->chain[2].params);
  EXPECT_NEAR(compressor.makeup_db + gain.gain_db, 60.1, 1e-9);
  EXPECT_EQ(compressor.ratio, effects::CompressorParams{}.ratio);
}

}  // namespace
}  // namespace aapp::fit

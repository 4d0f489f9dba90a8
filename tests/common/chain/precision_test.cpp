// How far what a chain plays is from its formulas in double: what speed may not cost.
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/chain/chain.h"
#include "common/dsp/biquad.h"
#include "common/dsp/compressor_model.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::chain {
namespace {

using audio::AudioBuffer;
using dsp::BandType;
using effects::CompressorParams;
using effects::EqParams;

constexpr double kRateHz = 48000.0;

// bench/reference_chain.json
const EqParams kEq{.bands = {{BandType::low_shelf, 80, 3, 0.707},
                             {BandType::peak, 120, -2, 1},
                             {BandType::peak, 250, 2.5, 1.4},
                             {BandType::peak, 500, -3, 1},
                             {BandType::peak, 1000, 2, 2},
                             {BandType::peak, 2000, -1.5, 1},
                             {BandType::peak, 3500, 3, 3},
                             {BandType::peak, 5000, -2, 1},
                             {BandType::peak, 8000, 2, 1.5},
                             {BandType::high_shelf, 10000, 2.5, 0.707}}};
const CompressorParams kCompressor{
    .threshold_db = -24, .ratio = 4, .knee_db = 6, .attack_ms = 5, .release_ms = 80, .makeup_db = 6};

using Channel = std::vector<double>;

Channel equalized(std::span<const float> in) {
  Channel out(in.begin(), in.end());
  for (const effects::EqBand& band : kEq.bands) {
    const auto section = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, kRateHz);
    dsp::BiquadState<double> state;
    for (double& x : out) x = dsp::biquad_step(section, state, x);
  }
  return out;
}

void compress(std::vector<Channel>& channels) {
  const dsp::CompressorModel<double> model{
      .curve = {kCompressor.threshold_db, dsp::ratio_to_slope(kCompressor.ratio), kCompressor.knee_db},
      .poles = {time_constant_to_pole(kCompressor.attack_ms, kRateHz),
                time_constant_to_pole(kCompressor.release_ms, kRateHz)},
      .rms_pole = 0.0};
  const dsp::CompressorTopology topology;
  auto state = dsp::released_state<double>(topology.smoothing);
  for (std::size_t i = 0; i < channels[0].size(); ++i) {
    const double raw = dsp::detect_linked(topology.detector, dsp::StereoLink::max,
                                          std::array{channels[0][i], channels[1][i]});
    const double gain_db = dsp::compressor_gain_db(topology, model, raw, state);
    for (Channel& channel : channels) channel[i] *= db_to_gain(gain_db + kCompressor.makeup_db);
  }
}

// In units of full scale, of output that reaches it.
double largest_error() {
  const AudioBuffer in = test::bursts(2, 96000, 7000);
  std::vector<Channel> expected{equalized(in.channel(0)), equalized(in.channel(1))};
  compress(expected);
  Preset preset;
  preset.chain = {{kEq}, {kCompressor}};
  Chain chain = std::move(
      Chain::make(preset, {.rate_hz = 48000, .channels = 2, .max_block_frames = test::kMaxBlock}).value());
  const AudioBuffer out = test::output(chain, in);
  double error = 0.0, peak = 0.0;
  for (int c = 0; c < 2; ++c) {
    const Channel& channel = expected[static_cast<std::size_t>(c)];
    for (std::size_t i = 0; i < channel.size(); ++i) {
      error = std::max(error, std::abs(static_cast<double>(out.channel(c)[i]) - channel[i]));
      peak = std::max(peak, std::abs(channel[i]));
    }
  }
  EXPECT_GT(peak, 1.0);
  return error / peak;
}

TEST(Precision, the_reference_chain_errs_by_a_few_roundings_of_a_float) {
  EXPECT_LT(largest_error(), 2e-7);
  ::setenv("AAPP_SIMD", "baseline", 1);
  EXPECT_LT(largest_error(), 2e-7);
  ::unsetenv("AAPP_SIMD");
}

}  // namespace
}  // namespace aapp::chain

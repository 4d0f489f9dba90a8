#include "analyze/fit/chain_moves.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/fit/chain_error.h"
#include "common/base/units.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

effects::CompressorParams peak_detector() {
  return test::all_topologies()[0];
}

ChainModel truth(const effects::CompressorParams& compressor) {
  return {.kind = ChainKind::compressor_then_eq,
          .eq = {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 4.0, .q = 0.9}}},
          .gain_db = 0.0,
          .compressor = compressor};
}

// The whole of a recording stands for all of its parts.
PairSplit split_of(const audio::AudioBuffer& dry, const ChainModel& model) {
  PairSplit split;
  split.fit = {
      .rate_hz = kRate, .dry = dry, .wet = run_model(model, dry, kRate), .warm_up_frames = kRate / 4};
  split.search = split.heat = split.held_out = split.fit;
  return split;
}

audio::AudioBuffer with_equal_channels(audio::AudioBuffer audio) {
  std::ranges::copy(std::as_const(audio).channel(0), audio.channel(1).begin());
  return audio;
}

// What a pass holds back cannot be given back; the gain is compared on what it lets through.
TEST(AroundCompressor, ComparesTheGainBehindAPass) {
  ChainModel model = truth(peak_detector());
  model.eq.bands.push_back({.type = dsp::BandType::high_pass, .frequency_hz = 120.0, .q = 0.8});
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 63);
  const PairExcerpt seen = around_compressor(model, split_of(dry, model).fit);
  const audio::AudioBuffer expected = compress(equalise(dry, passes_of(model.eq), kRate, Direction::apply),
                                               dry, model.compressor, kRate, Direction::apply);
  EXPECT_LT(measure_error(expected, seen).ratio(), 1e-4);
  EXPECT_TRUE(std::ranges::equal(seen.filtered.channel(0),
                                 equalise(dry, passes_of(model.eq), kRate, Direction::apply).channel(0)));
}

// More audio showed the link; the excerpt that topologies race on has nothing to link.
TEST(RaceTopologies, KeepsTheLinkThatChannelsWhichAreAlikeCannotShow) {
  const ChainModel model = truth(peak_detector());
  const PairSplit split = split_of(with_equal_channels(test::bursts(2, 3.0, kRate, 61)), model);
  ChainModel now = model;
  now.compressor.stereo_link = dsp::StereoLink::mean;
  now.compressor.smoothing = dsp::Smoothing::level_power;
  const std::vector<CompressorFit> fits =
      race_topologies(now, split, {fit_of(now.compressor)}, TopologyLook::around, PairedFitOptions{});
  EXPECT_EQ(fits.front().topology.smoothing, model.compressor.smoothing);
  for (const CompressorFit& fit : fits) EXPECT_EQ(fit.topology.stereo_link, dsp::StereoLink::mean);
}

// From an RMS detector of this window, beside a band of this type.
dsp::Detector settled_detector(const effects::CompressorParams& compressor, double window_ms,
                               dsp::BandType band) {
  const PairSplit split = split_of(test::bursts(1, 3.0, kRate, 62), truth(compressor));
  ChainModel now = truth(compressor);
  now.eq.bands[0].type = band;
  now.compressor.detector = dsp::Detector::rms;
  now.compressor.rms_window_ms = window_ms;
  std::vector<CompressorFit> fits{fit_of(now.compressor)};
  return with_best_topology(now, split, fits, PairedFitOptions{}).compressor.detector;
}

TEST(WithBestTopology, TakesAPeakDetectorForAWindowThatVanishes) {
  for (const dsp::BandType band : {dsp::BandType::peak, dsp::BandType::high_shelf})
    EXPECT_EQ(settled_detector(peak_detector(), 0.3, band), dsp::Detector::peak);
}

TEST(WithBestTopology, LeavesAWindowThatIsHeard) {
  effects::CompressorParams rms = peak_detector();
  rms.detector = dsp::Detector::rms, rms.rms_window_ms = 1.5;
  EXPECT_EQ(settled_detector(rms, 1.3, dsp::BandType::peak), dsp::Detector::rms);
}

}  // namespace
}  // namespace aapp::fit

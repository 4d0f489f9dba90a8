#include "analyze/report/chain_pictures.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tests/support/memory_stream.h"

namespace aapp::report {
namespace {

const Series& named(const Plot& plot, const std::string& name) {
  for (const Series& s : plot.series) {
    if (s.name == name) return s;
  }
  ADD_FAILURE() << "no series " << name;
  return plot.series.front();
}

double value_near(const Series& series, double x) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    if (std::abs(series.x[i] - x) < std::abs(series.x[best] - x)) best = i;
  }
  return series.y[best];
}

TEST(EqPlot, APeakStandsAtItsCentreWithItsGain) {
  effects::EqParams eq;
  eq.bands.push_back({.frequency_hz = 1000.0, .gain_db = 6.0, .q = 1.0});
  const Series& sum = named(eq_plot(eq, 48000.0, {}, "/chain/0/params"), "all bands");
  EXPECT_NEAR(value_near(sum, 1000.0), 6.0, 0.01);
  EXPECT_NEAR(value_near(sum, 30.0), 0.0, 0.02);
}

TEST(EqPlot, TheIntervalOfAGainBecomesARange) {
  effects::EqParams eq;
  eq.bands.push_back({.frequency_hz = 1000.0, .gain_db = 6.0, .q = 1.0});
  const std::vector<fit::ParameterEstimate> estimates{{.name = "/chain/0/params/bands/0/gain_db",
                                                       .value = 6.0,
                                                       .std_error = 0.5,
                                                       .ci95 = {5.0, 7.0},
                                                       .identified = true,
                                                       .reason = {}}};
  const Plot plot = eq_plot(eq, 48000.0, estimates, "/chain/0/params");
  const auto range = std::find_if(plot.series.begin(), plot.series.end(),
                                  [](const Series& s) { return s.mark == Mark::ribbon; });
  ASSERT_NE(range, plot.series.end());
  EXPECT_NEAR(*std::max_element(range->y.begin(), range->y.end()), 7.0, 0.01);
  EXPECT_NEAR(*std::max_element(range->y_low.begin(), range->y_low.end()), 5.0, 0.01);
}

TEST(StaticCurvePlot, IsUnityBelowTheThresholdAndTheRatioAbove) {
  const effects::CompressorParams hard{.threshold_db = -30.0, .ratio = 3.0, .knee_db = 0.0, .makeup_db = 2.0};
  const Series& curve = named(static_curve_plot(hard, {}), "output");
  EXPECT_NEAR(value_near(curve, -50.0), -48.0, 1e-9);
  EXPECT_NEAR(value_near(curve, 0.0), -30.0 + 10.0 + 2.0, 1e-9);
}

TEST(StepResponsePlot, FallsToTheStaticGainAndComesBack) {
  const effects::CompressorParams hard{
      .threshold_db = -30.0, .ratio = 2.0, .knee_db = 0.0, .attack_ms = 10.0, .release_ms = 100.0};
  const Series& gain = named(step_response_plot(hard), "gain");
  EXPECT_NEAR(*std::min_element(gain.y.begin(), gain.y.end()), -5.0, 0.05);
  EXPECT_NEAR(value_near(gain, 10.0), -5.0 * (1.0 - std::exp(-1.0)), 0.15) << "attack reaches 1 - 1/e";
  EXPECT_NEAR(gain.y.back(), 0.0, 0.1);
}

TEST(GainTrace, OfASteadyToneIsTheStaticGain) {
  const effects::CompressorParams hard{
      .threshold_db = -30.0, .ratio = 2.0, .knee_db = 0.0, .attack_ms = 1.0, .release_ms = 50.0};
  Preset preset;
  preset.chain.push_back({.params = effects::GainParams{.gain_db = -10.0}});
  preset.chain.push_back({.params = hard});
  audio::AudioBuffer tone(1, 48000);
  std::fill(tone.channel(0).begin(), tone.channel(0).end(), 1.0F);
  test::MemorySource source(tone, 48000);
  const auto trace = trace_gain(source, preset);
  ASSERT_TRUE(trace.has_value()) << trace.error().message;
  EXPECT_EQ(trace->gain_db.size(), 100U);
  EXPECT_NEAR(trace->gain_db.back(), -10.0, 0.01) << "-10 dB is 20 dB over the threshold, ratio 2";
  const auto levels = trace->input_levels.levels();
  ASSERT_EQ(levels.size(), 1U);
  EXPECT_NEAR(levels[0].level_db, -10.0, 0.25) << "measured behind the gain, before the compressor";
}

}  // namespace
}  // namespace aapp::report

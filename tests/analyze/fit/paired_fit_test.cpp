#include "analyze/fit/paired_fit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analyze/fit/chain_model.h"
#include "common/base/units.h"
#include "common/chain/render.h"
#include "common/preset/preset_json.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

effects::CompressorParams some_compressor() {
  return {.threshold_db = -26.0,
          .ratio = 4.0,
          .knee_db = 4.0,
          .attack_ms = 6.0,
          .release_ms = 90.0,
          .makeup_db = 2.0};
}

effects::EqParams some_eq() {
  effects::EqParams eq;
  eq.bands.push_back({.type = dsp::BandType::low_shelf, .frequency_hz = 200.0, .gain_db = 4.0, .q = 0.7});
  eq.bands.push_back({.type = dsp::BandType::peak, .frequency_hz = 1200.0, .gain_db = -6.0, .q = 1.4});
  return eq;
}

Preset preset_of(std::initializer_list<effects::AnyParams> nodes) {
  Preset preset;
  for (const effects::AnyParams& params : nodes) preset.chain.push_back({.params = params});
  return preset;
}

audio::AudioBuffer render_16_bit(const audio::AudioBuffer& dry, const Preset& preset) {
  audio::AudioBuffer wet = *chain::render(dry, kRate, preset);
  test::quantise_16_bit(wet);
  return wet;
}

PairedFit fit_chain(const audio::AudioBuffer& dry, const Preset& preset) {
  const Result<PairedFit> fit = fit_paired(dry, render_16_bit(dry, preset), kRate, {});
  EXPECT_TRUE(fit.has_value()) << fit.error().message;
  return *fit;
}

TEST(PairedFit, FindsNothingWhereNothingWasDone) {
  const audio::AudioBuffer dry = test::bursts(1, 5.0, kRate, 21);
  const Result<PairedFit> fit = fit_paired(dry, dry, kRate, {});
  ASSERT_TRUE(fit.has_value());
  EXPECT_EQ(fit->kind, ChainKind::identity);
  EXPECT_TRUE(fit->preset.chain.empty());
}

TEST(PairedFit, FindsAPlainGain) {
  const PairedFit fit =
      fit_chain(test::bursts(2, 5.0, kRate, 22), preset_of({effects::GainParams{.gain_db = -4.5}}));
  ASSERT_EQ(fit.kind, ChainKind::gain);
  EXPECT_NEAR(std::get<effects::GainParams>(fit.preset.chain.front().params).gain_db, -4.5, 1e-3);
}

// What clips in a file is no compressor.
TEST(PairedFit, FindsAPlainGainThatMakesTheFileClip) {
  audio::AudioBuffer dry = test::bursts(1, 5.0, kRate, 21);
  audio::AudioBuffer wet = dry;
  float peak = 0.0F;
  for (const float x : dry.channel(0)) peak = std::max(peak, std::abs(x));
  for (float& x : wet.channel(0)) x = std::clamp(1.3F * x / peak, -1.0F, 32767.0F / 32768.0F);
  for (float& x : dry.channel(0)) x /= peak;
  test::quantise_16_bit(wet);
  const Result<PairedFit> fit = fit_paired(dry, wet, kRate, {});
  ASSERT_TRUE(fit.has_value()) << fit.error().message;
  EXPECT_EQ(fit->kind, ChainKind::gain);
}

TEST(PairedFit, FindsAnEqualiserAndItsResponse) {
  const audio::AudioBuffer dry = test::bursts(1, 5.0, kRate, 23);
  const PairedFit fit = fit_chain(dry, preset_of({some_eq()}));
  EXPECT_EQ(fit.kind, ChainKind::eq);
  EXPECT_LT(fit.held_out.esr_db, -60.0);
}

TEST(PairedFit, FindsACompressorAndRecreatesItToTheNoise) {
  const audio::AudioBuffer dry = test::bursts(2, 4.5, kRate, 24);
  const PairedFit fit = fit_chain(dry, preset_of({some_compressor()}));
  ASSERT_EQ(fit.kind, ChainKind::compressor);
  const auto& found = std::get<effects::CompressorParams>(fit.preset.chain.front().params);
  EXPECT_NEAR(found.threshold_db, -26.0, 0.02);
  EXPECT_NEAR(found.ratio, 4.0, 0.012);
  EXPECT_LT(fit.held_out.gain_trajectory_db, 0.01);
  EXPECT_LT(fit.held_out.esr_db, -60.0);
  EXPECT_GT(fit.before.esr_db, -30.0);
}

TEST(PairedFit, TellsTheOrderOfEqualiserAndCompressor) {
  const audio::AudioBuffer dry = test::bursts(1, 4.5, kRate, 25);
  const PairedFit first = fit_chain(dry, preset_of({some_eq(), some_compressor()}));
  EXPECT_EQ(first.kind, ChainKind::eq_then_compressor);
  EXPECT_LT(first.held_out.esr_db, -30.0);
  const PairedFit last = fit_chain(dry, preset_of({some_compressor(), some_eq()}));
  EXPECT_EQ(last.kind, ChainKind::compressor_then_eq);
  EXPECT_LT(last.held_out.esr_db, -30.0);
}

// Channels that are alike in all that is fitted to say nothing of their link; the rest does.
TEST(PairedFit, TakesTheLinkThatHoldsOnHeldOutAudio) {
  const audio::AudioBuffer one = test::bursts(1, 6.0, kRate, 29);
  audio::AudioBuffer dry = test::bursts(2, 6.0, kRate, 29);
  const std::size_t alike = dry.frames() * 7 / 10;
  for (int c = 0; c < 2; ++c) std::copy_n(one.channel(0).begin(), alike, dry.channel(c).begin());
  effects::CompressorParams compressor = some_compressor();
  compressor.stereo_link = dsp::StereoLink::mean;
  const PairedFit fit = fit_chain(dry, preset_of({some_eq(), compressor}));
  ASSERT_EQ(fit.kind, ChainKind::eq_then_compressor);
  EXPECT_EQ(std::get<effects::CompressorParams>(fit.preset.chain.back().params).stereo_link,
            dsp::StereoLink::mean);
  EXPECT_LT(fit.held_out.esr_db, -60.0);
}

// Sound that is always above the knee tells nothing of it, but for how it begins.
TEST(PairedFit, TakesTheMakeUpThatTheStartShows) {
  audio::AudioBuffer dry = test::bursts(2, 8.0, kRate, 34);
  for (int c = 0; c < dry.channels(); ++c) {
    for (float& x : dry.channel(c)) x = std::copysign(0.12F, x) + 0.2F * x;
  }
  const PairedFit fit = fit_chain(dry, preset_of({some_compressor(), some_eq()}));
  ASSERT_EQ(fit.kind, ChainKind::compressor_then_eq);
  EXPECT_NEAR(std::get<effects::CompressorParams>(fit.preset.chain[0].params).makeup_db, 2.0, 0.05);
}

TEST(PairedFit, GivesTheSameBytesForAnyNumberOfThreads) {
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 27);
  const audio::AudioBuffer wet = render_16_bit(dry, preset_of({some_compressor(), some_eq()}));
  std::vector<std::string> found;
  for (const int threads : {1, 2}) {
    PairedFitOptions options;
    options.threads = threads;
    const Result<PairedFit> fit = fit_paired(dry, wet, kRate, options);
    ASSERT_TRUE(fit.has_value());
    std::string text = preset::format_preset(fit->preset);
    for (const ParameterEstimate& p : fit->parameters)
      text += fmt::format("{} {:a} {:a} {:a} {:a}\n", p.name, p.value, p.std_error, p.ci95.low, p.ci95.high);
    for (const std::string& remark : fit->remarks) text += remark;
    found.push_back(text);
  }
  EXPECT_EQ(found[0], found[1]);
}

TEST(PairedFit, GivesIntervalsToEveryParameterOfAChainWithBoth) {
  const audio::AudioBuffer dry = test::bursts(1, 4.5, kRate, 28);
  const PairedFit fit = fit_chain(dry, preset_of({some_eq(), some_compressor()}));
  ASSERT_EQ(fit.kind, ChainKind::eq_then_compressor);
  const std::vector<std::pair<std::string, double>> truth{{"/chain/0/params/bands/0/gain_db", 4.0},
                                                          {"/chain/0/params/bands/1/frequency_hz", 1200.0},
                                                          {"/chain/0/params/bands/1/gain_db", -6.0},
                                                          {"/chain/1/params/threshold_db", -26.0},
                                                          {"/chain/1/params/ratio", 4.0},
                                                          {"/chain/1/params/attack_ms", 6.0},
                                                          {"/chain/1/params/release_ms", 90.0}};
  for (const auto& [name, value] : truth) {
    const auto p = std::ranges::find(fit.parameters, name, &ParameterEstimate::name);
    ASSERT_NE(p, fit.parameters.end()) << name;
    EXPECT_TRUE(p->identified) << name;
    EXPECT_NEAR(p->value, value, 5.0 * p->std_error) << name;
    EXPECT_LT(p->std_error, 0.01 * std::abs(value)) << name;
  }
}

TEST(PairedFit, FindsAHighPassBesideACompressor) {
  const audio::AudioBuffer dry = test::bursts(1, 4.5, kRate, 30);
  effects::EqParams eq = some_eq();
  eq.bands[0] = {.type = dsp::BandType::high_pass, .frequency_hz = 150.0, .q = 0.8};
  for (const ChainKind kind : {ChainKind::eq_then_compressor, ChainKind::compressor_then_eq}) {
    const bool first = kind == ChainKind::eq_then_compressor;
    const PairedFit fit =
        fit_chain(dry, first ? preset_of({eq, some_compressor()}) : preset_of({some_compressor(), eq}));
    ASSERT_EQ(fit.kind, kind);
    EXPECT_LT(fit.held_out.esr_db, -60.0);
    const std::string pass = fmt::format("/chain/{}/params/bands/0/", first ? 0 : 1);
    const auto has = [&](const std::string& name) {
      return std::ranges::find(fit.parameters, name, &ParameterEstimate::name) != fit.parameters.end();
    };
    EXPECT_TRUE(has(pass + "frequency_hz") && has(pass + "q"));
    EXPECT_FALSE(has(pass + "gain_db"));
  }
}

TEST(PairedFit, WorksThroughFlippedPolarityAndDelay) {
  const audio::AudioBuffer dry = test::bursts(1, 4.5, kRate, 26);
  const audio::AudioBuffer wet = render_16_bit(dry, preset_of({some_compressor()}));
  audio::AudioBuffer late(1, wet.frames() + 300);
  for (std::size_t n = 0; n < wet.frames(); ++n) late.channel(0)[n + 123] = -wet.channel(0)[n];
  const Result<PairedFit> fit = fit_paired(dry, late, kRate, {});
  ASSERT_TRUE(fit.has_value());
  EXPECT_EQ(fit->alignment.delay_frames, 123);
  EXPECT_EQ(fit->alignment.polarity, Polarity::flipped);
  EXPECT_EQ(fit->kind, ChainKind::compressor);
  EXPECT_LT(fit->held_out.gain_trajectory_db, 0.01);
}

TEST(PairedFit, LeavesOutWhatItMayNotUse) {
  const audio::AudioBuffer dry = test::bursts(1, 5.0, kRate, 27);
  const audio::AudioBuffer wet = render_16_bit(dry, preset_of({some_eq(), some_compressor()}));
  PairedFitOptions options;
  options.aspects.dynamics = false;
  const Result<PairedFit> eq_only = fit_paired(dry, wet, kRate, options);
  ASSERT_TRUE(eq_only.has_value());
  EXPECT_FALSE(has_compressor(eq_only->kind));
}

TEST(PairedFit, RefusesWhatIsNoPairInOneSentence) {
  const audio::AudioBuffer dry = test::bursts(1, 5.0, kRate, 28);
  const auto unrelated = fit_paired(dry, test::bursts(1, 5.0, kRate, 29), kRate, {});
  ASSERT_FALSE(unrelated.has_value());
  EXPECT_EQ(unrelated.error().code, ErrorCode::unreadable);
  EXPECT_NE(unrelated.error().message.find("correlate"), std::string::npos);
  EXPECT_FALSE(fit_paired(dry, test::bursts(2, 5.0, kRate, 28), kRate, {}).has_value());
  EXPECT_FALSE(fit_paired(audio::AudioBuffer(1, 0), audio::AudioBuffer(1, 0), kRate, {}).has_value());
  PairedFitOptions too_many;
  too_many.bands = 99;
  EXPECT_EQ(fit_paired(dry, dry, kRate, too_many).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace aapp::fit

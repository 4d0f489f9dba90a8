// The unpaired fit on sounds whose difference is known.
#include "analyze/fit/unpaired_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "analyze/fit/dynamics_match.h"
#include "analyze/fit/level_series.h"
#include "analyze/fit/plan_distance.h"
#include "analyze/fit/spectral_target.h"
#include "analyze/fit/unpaired_draft.h"
#include "analyze/measure/distance.h"
#include "analyze/measure/third_octave.h"
#include "common/chain/render.h"
#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"

namespace aapp::fit {
namespace {

constexpr int kRateHz = 48000;

FitSource memory_source(const audio::AudioBuffer& audio, int rate_hz = kRateHz) {
  FitSource source;
  source.profile = source.excerpt_profile = measure::measure_audio(audio, rate_hz);
  const auto played = [audio, rate_hz](const Preset& preset) {
    return chain::render(audio, rate_hz, preset);
  };
  source.play = source.play_whole = [played, rate_hz](const Preset& preset) {
    return played(preset).map(
        [&](const audio::AudioBuffer& a) { return measure::measure_audio(a, rate_hz); });
  };
  source.levels = [played, rate_hz](const Preset& preset) {
    return played(preset).map([&](const audio::AudioBuffer& a) { return level_series(a, rate_hz); });
  };
  return source;
}

audio::AudioBuffer through(const audio::AudioBuffer& audio, const Preset& preset) {
  return *chain::render(audio, kRateHz, preset);
}

Preset one_peak() {
  effects::EqParams eq;
  eq.bands.push_back({.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = 9.0, .q = 1.0});
  Preset preset;
  preset.chain.push_back({.params = eq});
  preset.chain.push_back({.params = effects::GainParams{.gain_db = -7.0}});
  return preset;
}

FitOptions two_bands() {
  FitOptions options;
  options.bands = 2;
  return options;
}

TEST(UnpairedFit, APlantedEqualiserAndLevelAreFoundFromOtherNoise) {
  const FitSource source = memory_source(test::noise(1, 4 * kRateHz, 0.25F, 1));
  const auto reference =
      measure::measure_audio(through(test::noise(1, 4 * kRateHz, 0.25F, 2), one_peak()), kRateHz);
  const auto fit = fit_unpaired(source, reference, two_bands());
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_GT(*fit->before.ltas_rms_db, 2.0);
  EXPECT_LT(*fit->after.ltas_rms_db, 0.35);
  EXPECT_NEAR(*fit->after.loudness_lu, 0.0, 0.05);
}

TEST(UnpairedFit, TheResultDoesNotDependOnTheThreads) {
  const FitSource source = memory_source(test::bursts(2, 3 * kRateHz / 2, kRateHz / 8, 1));
  const auto reference = measure::measure_audio(test::noise(2, 3 * kRateHz / 2, 0.25F, 2), kRateHz);
  FitOptions options = two_bands();
  options.threads = 1;
  const auto one = fit_unpaired(source, reference, options);
  options.threads = 3;
  const auto three = fit_unpaired(source, reference, options);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->preset, three->preset);
}

TEST(UnpairedFit, OnlyLevelChangesNothingButTheLevel) {
  const FitSource source = memory_source(test::noise(1, 3 * kRateHz, 0.5F, 1));
  const auto reference =
      measure::measure_audio(through(test::noise(1, 3 * kRateHz, 0.5F, 2), one_peak()), kRateHz);
  FitOptions options;
  options.aspects = {.eq = false, .dynamics = false, .level = true};
  const auto fit = fit_unpaired(source, reference, options);
  ASSERT_TRUE(fit) << fit.error().message;
  ASSERT_EQ(fit->preset.chain.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<effects::GainParams>(fit->preset.chain[0].params));
  EXPECT_NEAR(*fit->after.loudness_lu, 0.0, 0.05);
}

TEST(UnpairedFit, SilenceIsRefused) {
  const FitSource source = memory_source(audio::AudioBuffer(1, kRateHz));
  const auto reference = measure::measure_audio(test::noise(1, kRateHz), kRateHz);
  const auto fit = fit_unpaired(source, reference, two_bands());
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().code, ErrorCode::unreadable);
}

TEST(DynamicsMatch, AReferenceThatIsLessCompressedGetsNoCompressorAndSaysSo) {
  const LevelSeries steady = level_series(test::noise(1, 4 * kRateHz, 0.25F, 1), kRateHz);
  const auto wide = measure::measure_audio(test::bursts(1, 4 * kRateHz, kRateHz / 8, 2), kRateHz);
  const DynamicsMatch match = match_dynamics(steady, dynamics_of(wide.envelope), {});
  EXPECT_FALSE(match.compressor);
  EXPECT_NE(match.remark.find("less compressed"), std::string::npos) << match.remark;
}

TEST(DynamicsMatch, ACompressorThatWasUsedBringsTheLevelsNear) {
  Preset preset;
  preset.chain.push_back({.params = effects::CompressorParams{.threshold_db = -30.0, .ratio = 4.0}});
  const auto wet =
      measure::measure_audio(through(test::bursts(1, 6 * kRateHz, kRateHz / 8, 2), preset), kRateHz);
  const LevelSeries dry = level_series(test::bursts(1, 6 * kRateHz, kRateHz / 8, 1), kRateHz);
  const DynamicsMatch match = match_dynamics(dry, dynamics_of(wet.envelope), {});
  ASSERT_TRUE(match.compressor) << match.remark;
  EXPECT_LT(match.after_db, 0.2 * match.before_db);
}

TEST(SpectralTarget, AskingForPartOfTheWayAsksForThatPartOfEachBand) {
  const auto source = measure::measure_audio(test::noise(1, 2 * kRateHz, 0.25F, 1), kRateHz);
  const auto reference =
      measure::measure_audio(through(test::noise(1, 2 * kRateHz, 0.25F, 1), one_peak()), kRateHz);
  const SpectralTarget all = spectral_target(source.ltas, reference.ltas, {});
  const SpectralTarget half = spectral_target(source.ltas, reference.ltas, {.amount = 0.5});
  ASSERT_EQ(all.band, half.band);
  for (std::size_t k = 0; k < all.band.size(); ++k) {
    if (all.curve.weight[k] < 1.0) continue;
    EXPECT_NEAR(half.curve.gain_db[k], 0.5 * all.curve.gain_db[k], 1e-9);
  }
}

// What no band can give must not pile up from one correction to the next.
TEST(SpectralTarget, ACorrectionAsksForWhatIsMissingBesideWhatTheEqualiserGives) {
  const auto source = measure::measure_audio(test::noise(1, 2 * kRateHz, 0.25F, 1), kRateHz);
  const auto reference =
      measure::measure_audio(through(test::noise(1, 2 * kRateHz, 0.25F, 1), one_peak()), kRateHz);
  SpectralTarget target = spectral_target(source.ltas, reference.ltas, {});
  std::vector<double> given_db(target.band.size()), residual_db;
  for (std::size_t k = 0; k < given_db.size(); ++k) given_db[k] = 0.1 * static_cast<double>(k % 5);
  // An equaliser that gives these, heard on the source as it is: the same is missing every time.
  std::vector<double> first_db;
  for (int pass = 0; pass < 3; ++pass) {
    residual_db.clear();
    for (std::size_t k = 0; k < given_db.size(); ++k)
      residual_db.push_back(given_db[k] - target.curve.gain_db[k]);
    correct_target(target, residual_db, source.ltas, 1.0);
    if (pass == 0) first_db = target.curve.gain_db;
  }
  for (std::size_t k = 0; k < given_db.size(); ++k) EXPECT_NEAR(target.curve.gain_db[k], first_db[k], 1e-9);
}

// The excerpt stands for all of the source: what it has too much of, its reference has too.
TEST(FitSource, AReferenceForTheExcerptHasTheExcerptsColour) {
  const auto whole = measure::measure_audio(test::noise(1, 2 * kRateHz, 0.25F, 1), kRateHz);
  const auto excerpt =
      measure::measure_audio(through(test::noise(1, kRateHz, 0.25F, 1), one_peak()), kRateHz);
  FitSource source{.profile = whole, .excerpt_profile = excerpt, .play = {}, .levels = {}, .play_whole = {}};
  const auto goal = as_excerpt(source, whole);
  EXPECT_LT(
      measure::ltas_distance(goal.ltas.mean, excerpt.ltas.mean, measure::LtasBands::reference_energy)->rms_db,
      1e-6);
  source.excerpt_profile = whole;
  EXPECT_EQ(as_excerpt(source, excerpt).ltas.mean.third_octaves, excerpt.ltas.mean.third_octaves);
}

// A compressor is not asked to undo what the choice of the excerpt did to the levels.
TEST(FitSource, AReferenceForTheExcerptHasTheExcerptsLevels) {
  Preset squeeze;
  squeeze.chain.push_back({.params = effects::CompressorParams{.threshold_db = -40.0, .ratio = 3.0}});
  const auto whole = measure::measure_audio(test::bursts(1, 8 * kRateHz, kRateHz / 8, 1), kRateHz);
  const auto excerpt =
      measure::measure_audio(through(test::bursts(1, 4 * kRateHz, kRateHz / 8, 1), squeeze), kRateHz);
  const FitSource source{
      .profile = whole, .excerpt_profile = excerpt, .play = {}, .levels = {}, .play_whole = {}};
  const auto levels_apart_db = [&](const measure::TrackProfile& profile) {
    return *measure::profile_distance(excerpt, profile).level_distribution_db;
  };
  EXPECT_GT(levels_apart_db(whole), 1.0);
  EXPECT_LT(levels_apart_db(as_excerpt(source, whole)), 0.3);
}

// With the equaliser behind it, the compressor is fitted to what comes out at the end, not to its own output.
TEST(UnpairedFit, ACompressorBeforeTheEqualiserIsFittedToTheLevelsBehindIt) {
  Preset chain;
  chain.chain.push_back({.params = effects::CompressorParams{.threshold_db = -30.0, .ratio = 6.0}});
  chain.chain.push_back(one_peak().chain[0]);
  const FitSource source = memory_source(test::bursts(1, 6 * kRateHz, kRateHz / 8, 1));
  const auto reference =
      measure::measure_audio(through(test::bursts(1, 6 * kRateHz, kRateHz / 8, 2), chain), kRateHz);
  FitOptions options = two_bands();
  options.order = OrderChoice::comp_first;
  const auto fit = fit_unpaired(source, reference, options);
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_TRUE(std::holds_alternative<effects::CompressorParams>(fit->preset.chain[1].params));
  EXPECT_LT(*fit->after.level_distribution_db, 0.3 * *fit->before.level_distribution_db);
}

// What was played on the way to the nearest spectrum is no loss: it may have the nearer levels.
TEST(Drafter, NearestInSpectrumComesFirstAndOthersHaveNearerLevels) {
  const FitSource source = memory_source(test::bursts(1, 3 * kRateHz, kRateHz / 8, 1));
  Preset chain = one_peak();
  chain.chain.push_back({.params = effects::CompressorParams{.threshold_db = -30.0, .ratio = 6.0}});
  const auto reference =
      measure::measure_audio(through(test::bursts(1, 3 * kRateHz, kRateHz / 6, 2), chain), kRateHz);
  const FitOptions options = two_bands();
  const auto drafts =
      Drafter(source, reference, options).make(ChainOrder::eq_first, Drafter::FittedFirst::equaliser);
  ASSERT_TRUE(drafts) << drafts.error().message;
  ASSERT_GT(drafts->size(), 1u);
  const double nearest_db = ltas_distance_of(reference, drafts->front().result);
  const double levels_db = level_distance_of(reference, drafts->front().result);
  for (std::size_t k = 1; k < drafts->size(); ++k) {
    EXPECT_GE(ltas_distance_of(reference, (*drafts)[k].result), nearest_db);
    EXPECT_LT(level_distance_of(reference, (*drafts)[k].result), levels_db);
  }
}

TEST(Drafter, WithoutUseForACompressorNothingBeginsWithOne) {
  const FitSource source = memory_source(test::noise(1, 3 * kRateHz, 0.25F, 1));
  const auto reference =
      measure::measure_audio(through(test::bursts(1, 3 * kRateHz, kRateHz / 8, 2), one_peak()), kRateHz);
  const FitOptions options = two_bands();
  Drafter drafter(source, reference, options);
  const auto drafts = drafter.make(ChainOrder::comp_first, Drafter::FittedFirst::compressor);
  ASSERT_TRUE(drafts) << drafts.error().message;
  EXPECT_TRUE(drafts->empty());
}

double highest_q(const Preset& preset) {
  double highest = 0.0;
  for (const ChainNode& step : preset.chain) {
    if (const auto* eq = std::get_if<effects::EqParams>(&step.params)) {
      for (const effects::EqBand& band : eq->bands) highest = std::max(highest, band.q);
    }
  }
  return highest;
}

// A source whose levels stay as far from steady noise as they are unless its bands are broad.
FitSource source_that_narrow_bands_leave_uneven() {
  FitSource source = memory_source(test::noise(1, 4 * kRateHz, 0.25F, 1));
  const auto uneven = measure::measure_audio(test::bursts(1, 4 * kRateHz, kRateHz / 8, 1), kRateHz).envelope;
  source.profile.envelope = source.excerpt_profile.envelope = uneven;
  source.play = source.play_whole = [play = source.play, uneven](const Preset& preset) {
    return play(preset).map([&](measure::TrackProfile&& played) {
      if (highest_q(preset) > 3.6) played.envelope = uneven;
      return std::move(played);
    });
  };
  return source;
}

measure::TrackProfile noise_with_a_narrow_peak(double gain_db) {
  Preset preset;
  preset.chain.push_back(
      {.params = effects::EqParams{
           .bands = {{.type = dsp::BandType::peak, .frequency_hz = 1000.0, .gain_db = gain_db, .q = 8.0}}}});
  return measure::measure_audio(through(test::noise(1, 4 * kRateHz, 0.25F, 2), preset), kRateHz);
}

TEST(UnpairedFit, BroaderBandsAreTriedWhereNarrowOnesLeaveTheLevelsFar) {
  const auto fit =
      fit_unpaired(source_that_narrow_bands_leave_uneven(), noise_with_a_narrow_peak(6.0), two_bands());
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_LE(highest_q(fit->preset), 3.6);
  EXPECT_LT(*fit->after.level_distribution_db, 0.5 * *fit->before.level_distribution_db);
}

TEST(UnpairedFit, OnlyASteadySpectrumComesBeforeLevels) {
  measure::TrackProfile reference = noise_with_a_narrow_peak(15.0);
  FitOptions options;
  options.bands = 1;
  ASSERT_LT(*reference.ltas.halves_apart_db, 1.0);
  const auto steady = fit_unpaired(source_that_narrow_bands_leave_uneven(), reference, options);
  reference.ltas.halves_apart_db = 6.0;
  const auto unsteady = fit_unpaired(source_that_narrow_bands_leave_uneven(), reference, options);
  ASSERT_TRUE(steady && unsteady);
  EXPECT_LT(*steady->after.ltas_rms_db, 0.5);
  EXPECT_GT(*unsteady->after.ltas_rms_db, 0.5);
  EXPECT_LT(*unsteady->after.level_distribution_db, 0.5 * *steady->after.level_distribution_db);
}

TEST(SpectralTarget, SharesOfABandsCellsSumToOne) {
  const auto source = measure::measure_audio(test::noise(1, kRateHz, 0.25F, 1), kRateHz);
  const SpectralTarget target = spectral_target(source.ltas, source.ltas, {});
  std::vector<double> sums(target.band.size(), 0.0);
  for (const PowerCell& cell : target.curve.cells) sums[cell.point] += cell.share;
  for (const double sum : sums) EXPECT_NEAR(sum, 1.0, 1e-9);
}

TEST(SpectralTarget, NothingAboveTheSourcesRateIsAskedFor) {
  const auto source = measure::measure_audio(test::noise(1, 32000, 0.25F, 1), 16000);
  const auto reference = measure::measure_audio(test::noise(1, 2 * kRateHz, 0.25F, 2), kRateHz);
  const SpectralTarget target = spectral_target(source.ltas, reference.ltas, {});
  ASSERT_FALSE(target.band.empty());
  for (const std::size_t band : target.band) EXPECT_LT(measure::third_octave_bands()[band].high_hz, 8000.0);
}

}  // namespace
}  // namespace aapp::fit

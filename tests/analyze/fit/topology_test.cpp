#include "analyze/fit/topology.h"
#include "analyze/fit/topology_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "analyze/fit/paired_uncertainty.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

PairExcerpt pair_of(const audio::AudioBuffer& dry, const effects::CompressorParams& params,
                    double noise_rms = 0.0) {
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = dry;
  pair.wet = test::add_noise(test::compress(dry, kRate, params), noise_rms, 99);
  test::quantise_16_bit(pair.wet);
  return pair;
}

TEST(CompressorFit, RecoversPlantedParametersFromA16BitPair) {
  const audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 11);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  for (const effects::CompressorParams& truth : test::all_topologies()) {
    if (truth.detector == dsp::Detector::rms_box)
      continue;  // on noise its window's basin is narrower than this start
    const CompressorData data(pair_of(dry, truth), links);
    CompressorPoint start = to_point(truth);
    start[kThresholdDb] += 3.0, start[kKneeDb] = 10.0;
    start[kLnAttack] += 0.5, start[kLnRelease] -= 0.5, start[kLnWindow] += 0.1;
    start[kSlope] = 0.6, start[kOffsetDb] = -10.0;
    ErrorModel error{.noise = noise_inside_blocks(data.lanes(links[0])[0].gain), .relative = 0.02};
    CompressorFit fit = fit_compressor(data, truth, start, {.error = error, .max_iterations = 40});
    error = estimate_error(block_residuals(data, truth, fit.point));
    fit = fit_compressor(data, truth, fit.point, {.error = error, .max_iterations = 40});
    EXPECT_NEAR(fit.topology.threshold_db, truth.threshold_db, 0.02) << topology_text(truth, 1);
    EXPECT_NEAR(fit.topology.ratio / truth.ratio, 1.0, 0.003) << topology_text(truth, 1);
    EXPECT_NEAR(fit.topology.attack_ms / truth.attack_ms, 1.0, 0.003) << topology_text(truth, 1);
    EXPECT_NEAR(fit.topology.release_ms / truth.release_ms, 1.0, 0.003) << topology_text(truth, 1);
    EXPECT_NEAR(fit.topology.makeup_db, truth.makeup_db, 0.02) << topology_text(truth, 1);
  }
}

// Nothing is louder than the knee's upper end, and a line without a knee is nearly as good as its lower half.
TEST(CompressorFit, OpensAKneeThatIsGone) {
  effects::CompressorParams truth = test::all_topologies()[0];
  truth.threshold_db = -11.0, truth.ratio = 3.0, truth.attack_ms = 19.0;
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  const CompressorData data(pair_of(test::bursts(1, 4.0, kRate, 19), truth), links);
  effects::CompressorParams start = truth;
  start.knee_db = 0.0, start.ratio = 1.8, start.threshold_db = -13.0;
  const ErrorModel error{.noise = noise_inside_blocks(data.lanes(links[0])[0].gain), .relative = 0.02};
  const CompressorFit found =
      fit_compressor(data, start, to_point(start), {.error = error, .max_iterations = 30});
  EXPECT_NEAR(found.topology.knee_db, truth.knee_db, 0.5);
}

// An RMS detector with next to no window is a peak detector in all but name.
TEST(TopologySearch, LetsAPeakDetectorRaceWhereAWindowVanishes) {
  effects::CompressorParams truth = test::all_topologies()[0];
  truth.detector = dsp::Detector::rms, truth.rms_window_ms = 0.1;
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  const CompressorData data(pair_of(test::bursts(1, 3.0, kRate, 14), truth), links);
  int vanishing = 0, peak = 0;
  for (const CompressorFit& fit : search_topologies(data, data, links, {.look_around = false})) {
    vanishing += fit.topology.detector != dsp::Detector::peak && fit.topology.rms_window_ms < 1.0;
    peak += fit.topology.detector == dsp::Detector::peak;
  }
  EXPECT_GT(vanishing, 0);
  EXPECT_GT(peak, 0);
}

TEST(TopologySearch, NamesThePlantedTopologyAndLink) {
  const audio::AudioBuffer dry = test::bursts(2, 3.0, kRate, 12);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max, dsp::StereoLink::mean, dsp::StereoLink::none,
                                           dsp::StereoLink::mid};
  const std::vector<effects::CompressorParams> all = test::all_topologies();
  for (const std::size_t i : {5u, 14u}) {
    effects::CompressorParams truth = all[i];
    truth.stereo_link = links[i % links.size()];
    const CompressorData data(pair_of(dry, truth), links);
    const auto fits = refine_topologies(data, search_topologies(data, data, links, {}), 20, 0);
    EXPECT_TRUE(same_topology(fits.front().topology, truth))
        << topology_text(fits.front().topology, 2) << " instead of " << topology_text(truth, 2);
  }
}

TEST(TopologySearch, ChoosesALinkThatTheRaceDidNotKnow) {
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max, dsp::StereoLink::mean, dsp::StereoLink::none,
                                           dsp::StereoLink::mid};
  const audio::AudioBuffer dry = test::bursts(2, 3.0, kRate, 18);
  for (const dsp::StereoLink link : links) {
    effects::CompressorParams truth = test::all_topologies()[0];
    truth.stereo_link = link;
    const CompressorData data(pair_of(dry, truth), links);
    const TopologySearchOptions options{.look_around = false};
    const auto raced = search_topologies(data, data, std::span(links).first(1), options);
    for (const CompressorFit& fit : raced) EXPECT_EQ(fit.topology.stereo_link, links[0]);
    const auto fits = choose_link(data, raced, links, options);
    EXPECT_EQ(fits.size(), raced.size());
    EXPECT_EQ(fits.front().topology.stereo_link, link);
    EXPECT_TRUE(std::ranges::is_sorted(fits, {}, &CompressorFit::cost));
  }
}

// A long box window behind a leader that has neither detector, smoothing nor times right.
TEST(TopologySearch, TheWideOneLeavesALocalMinimum) {
  const audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 17);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  for (const auto& [detector, smoothing] : {std::pair{dsp::Detector::rms_box, dsp::Smoothing::level_power},
                                            std::pair{dsp::Detector::peak, dsp::Smoothing::level_power}}) {
    effects::CompressorParams truth = test::all_topologies()[0];
    truth.detector = detector;
    truth.smoothing = smoothing;
    truth.rms_window_ms = 20.0;
    truth.attack_ms = 15.0;
    const CompressorData data(pair_of(dry, truth), links);
    CompressorFit leader;
    leader.topology = truth;
    leader.topology.detector = dsp::Detector::rms;
    leader.topology.smoothing = dsp::Smoothing::level_linear;
    leader.topology.threshold_db += 3.0;
    leader.topology.attack_ms *= 0.6, leader.topology.release_ms *= 1.8, leader.topology.rms_window_ms = 5.0;
    leader.point = to_point(leader.topology);
    const CompressorFit found = search_widely(data, data, leader, links, {}).front();
    EXPECT_TRUE(same_topology(found.topology, truth)) << topology_text(found.topology, 1);
    EXPECT_NEAR(found.topology.attack_ms / truth.attack_ms, 1.0, 0.01);
  }
}

// A tone under the envelope of bursts().
audio::AudioBuffer tone_bursts(double seconds, double frequency_hz, std::uint64_t seed) {
  audio::AudioBuffer audio = test::bursts(1, seconds, kRate, seed);
  double level = 0.0;
  for (std::size_t n = 0; n < audio.frames(); ++n) {
    float& x = audio.channel(0)[n];
    level += 0.01 * (std::abs(static_cast<double>(x)) - level);
    x = static_cast<float>(level * std::sin(2.0 * kPi * frequency_hz * static_cast<double>(n) / kRate));
  }
  return audio;
}

// On a tone of 1 kHz a box's error has a minimum for every half of a millisecond.
TEST(TopologySearch, LeavesTheMinimumOfAWindowThatIsAPeriodOff) {
  const audio::AudioBuffer dry = tone_bursts(4.0, 1000.0, 18);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  effects::CompressorParams truth = test::all_topologies()[1];
  truth.detector = dsp::Detector::rms_box;
  truth.rms_window_ms = 29.0, truth.attack_ms = 18.0, truth.knee_db = 0.0, truth.release_ms = 340.0;
  const CompressorData data(pair_of(dry, truth), links);
  CompressorFit stuck;
  stuck.topology = truth;
  stuck.topology.rms_window_ms = 28.0, stuck.topology.attack_ms = 18.5;
  const ErrorModel error{.noise = noise_inside_blocks(data.lanes(links[0])[0].gain), .relative = 0.02};
  stuck = fit_compressor(data, truth, to_point(stuck.topology), {.error = error, .max_iterations = 30});
  ASSERT_GT(std::abs(stuck.topology.rms_window_ms - truth.rms_window_ms), 0.2);
  const CompressorFit found = improve_topologies(data, {stuck}, links, {}).front();
  EXPECT_TRUE(same_topology(found.topology, truth)) << topology_text(found.topology, 1);
  EXPECT_NEAR(found.topology.rms_window_ms, truth.rms_window_ms, 0.02);
}

// The lower half of a wide knee is nearly as good as a line without one.
TEST(TopologySearch, ComesBackFromAKneeThatIsTooWide) {
  const audio::AudioBuffer dry = test::bursts(1, 4.0, kRate, 19);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  effects::CompressorParams truth = test::all_topologies()[0];
  truth.threshold_db = -15.0, truth.ratio = 2.5, truth.knee_db = 0.0;
  truth.attack_ms = 34.0, truth.release_ms = 118.0;
  const CompressorData data(pair_of(dry, truth), links);
  CompressorFit stuck;
  stuck.topology = truth;
  stuck.topology.knee_db = 12.0, stuck.topology.ratio = 10.0, stuck.topology.threshold_db = -13.0;
  const ErrorModel error{.noise = noise_inside_blocks(data.lanes(links[0])[0].gain), .relative = 0.02};
  stuck = fit_compressor(data, truth, to_point(stuck.topology), {.error = error, .max_iterations = 30});
  ASSERT_GT(stuck.topology.knee_db, 10.0);
  const CompressorFit found = improve_topologies(data, {stuck}, links, {}).front();
  EXPECT_NEAR(found.topology.threshold_db, truth.threshold_db, 0.1);
  EXPECT_LT(found.topology.knee_db, 3.0);
}

// Where a long mean does what the release should, the release vanishes, and tells nothing of any other's.
TEST(TopologySearch, LooksWidelyFromATimeThatVanished) {
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 20);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  effects::CompressorParams truth = test::all_topologies()[12];
  truth.rms_window_ms = 6.0, truth.attack_ms = 18.0, truth.release_ms = 400.0;
  effects::CompressorParams wrong = truth;
  wrong.ballistics = dsp::Ballistics::decoupled, wrong.smoothing = dsp::Smoothing::level_power;
  wrong.rms_window_ms = 3.5, wrong.attack_ms = 42.0, wrong.release_ms = 0.03;
  const CompressorData data(pair_of(dry, truth), links);
  CompressorFit stuck{.topology = wrong, .point = to_point(wrong)};
  const CompressorFit found = search_widely(data, data, stuck, links, {.look_around = false}).front();
  EXPECT_TRUE(same_topology(found.topology, truth)) << topology_text(found.topology, 1);
  EXPECT_NEAR(found.topology.release_ms, truth.release_ms, 1.0);
}

TEST(TopologySearch, GivesTheSameBitsForAnyNumberOfThreads) {
  const audio::AudioBuffer dry = test::bursts(1, 1.5, kRate, 13);
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  const CompressorData data(pair_of(dry, test::all_topologies()[3]), links);
  const auto alone = search_topologies(data, data, links, {.threads = 1});
  const auto shared = search_topologies(data, data, links, {.threads = 3});
  ASSERT_EQ(alone.size(), shared.size());
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i].point, shared[i].point);
  EXPECT_EQ(search_widely(data, data, alone.back(), links, {.threads = 1}).front().point,
            search_widely(data, data, alone.back(), links, {.threads = 3}).front().point);
}

const ParameterEstimate& named(const UncertaintyReport& report, std::string_view name) {
  for (const ParameterEstimate& p : report.parameters) {
    if (p.name == name) return p;
  }
  throw std::logic_error("no such parameter");
}

UncertaintyReport report_at(const PairExcerpt& pair, const effects::CompressorParams& params) {
  const std::vector<dsp::StereoLink> links{params.stereo_link};
  const CompressorData data(pair, links);
  return compressor_uncertainty(data, params, estimate_error(block_residuals(data, params, to_point(params))),
                                "");
}

TEST(CompressorUncertainty, IntervalsHoldTheTruthAboutAsOftenAsTheySay) {
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 14);
  const effects::CompressorParams truth = test::all_topologies()[0];
  const std::vector<dsp::StereoLink> links{dsp::StereoLink::max};
  int held = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    PairExcerpt pair;
    pair.rate_hz = kRate;
    pair.dry = dry;
    pair.wet = test::add_noise(test::compress(dry, kRate, truth), 1e-3, seed);
    const CompressorData data(pair, links);
    const CompressorFit fit =
        fit_compressor(data, truth, to_point(truth), {.error = {.noise = 1e-6, .relative = 0.0}});
    const UncertaintyReport report =
        compressor_uncertainty(data, fit.topology, {.noise = 1e-6, .relative = 0.0}, "");
    for (const auto& [name, value] :
         {std::pair{"/params/threshold_db", truth.threshold_db}, std::pair{"/params/ratio", truth.ratio},
          std::pair{"/params/attack_ms", truth.attack_ms}, std::pair{"/params/release_ms", truth.release_ms},
          std::pair{"/params/makeup_db", truth.makeup_db}}) {
      held += named(report, name).ci95.contains(value);
      ++all;
    }
  }
  EXPECT_GE(held, all * 88 / 100);
  EXPECT_LE(held, all * 99 / 100);
}

TEST(CompressorUncertainty, SaysWhatCannotBeKnown) {
  effects::CompressorParams params = test::all_topologies()[0];
  const audio::AudioBuffer dry = test::bursts(1, 3.0, kRate, 15);
  for (const ParameterEstimate& p : report_at(pair_of(dry, params), params).parameters)
    EXPECT_TRUE(p.identified) << p.name;

  params.threshold_db = 10.0;  // never reached
  const UncertaintyReport below = report_at(pair_of(dry, params), params);
  EXPECT_FALSE(named(below, "/params/threshold_db").identified);
  EXPECT_FALSE(named(below, "/params/ratio").identified);
  EXPECT_FALSE(named(below, "/params/attack_ms").identified);
  EXPECT_FALSE(named(below, "/params/release_ms").identified);
  EXPECT_TRUE(named(below, "/params/makeup_db").identified);
}

// A steady tone.
audio::AudioBuffer tone() {
  audio::AudioBuffer dry(1, std::size_t{3} * kRate);
  for (std::size_t n = 0; n < dry.frames(); ++n)
    dry.channel(0)[n] =
        static_cast<float>(0.2 * std::sin(2.0 * kPi * 440.0 * static_cast<double>(n) / kRate));
  return dry;
}

// Always over the threshold: once the gain has fallen it ripples, and no more.
TEST(CompressorUncertainty, TakesNoReleaseFromRipple) {
  effects::CompressorParams params = test::all_topologies()[8];
  params.threshold_db = -40.0, params.attack_ms = 2.0;
  const UncertaintyReport report = report_at(pair_of(tone(), params), params);
  EXPECT_FALSE(named(report, "/params/release_ms").identified);
  EXPECT_TRUE(named(report, "/params/attack_ms").identified);
  EXPECT_TRUE(named(report, "/params/ratio").identified);
}

TEST(CompressorUncertainty, TakesNoRatioFromAGainThatHardlyMoves) {
  effects::CompressorParams params = test::all_topologies()[8];
  params.threshold_db = -40.0, params.ratio = 1.004;
  const PairExcerpt pair = pair_of(tone(), params);
  EXPECT_FALSE(named(report_at(pair, params), "/params/ratio").identified);
}

}  // namespace
}  // namespace aapp::fit

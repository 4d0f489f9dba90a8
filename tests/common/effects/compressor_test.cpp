#include "common/effects/compressor.h"

#include <gtest/gtest.h>

#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;
using test::output;
using test::prepared;

constexpr int kRateHz = 48000;

std::vector<CompressorParams> every_topology() {
  std::vector<CompressorParams> all;
  for (int code = 0; code < 3 * 4 * 2 * 4; ++code) {
    CompressorParams p{.threshold_db = -30.0, .ratio = 6.0, .makeup_db = 4.0, .mix = 0.8};
    p.detector = static_cast<Detector>(code % 3);
    p.smoothing = static_cast<Smoothing>(code / 3 % 4);
    p.ballistics = static_cast<Ballistics>(code / 12 % 2);
    p.stereo_link = static_cast<StereoLink>(code / 24);
    all.push_back(p);
  }
  return all;
}

// The header's signal path, one frame after the other, for all channels.
AudioBuffer played_by_definition(const CompressorParams& p, const AudioBuffer& in) {
  AudioBuffer out = in;
  const dsp::CompressorTopology topology{p.detector, p.smoothing, p.ballistics};
  const dsp::CompressorModel<double> model{
      .curve = {p.threshold_db, 1.0 - 1.0 / p.ratio, p.knee_db},
      .poles = {time_constant_to_pole(p.attack_ms, kRateHz), time_constant_to_pole(p.release_ms, kRateHz)},
      .rms_pole = time_constant_to_pole(p.rms_window_ms, kRateHz)};
  const auto box_frames = static_cast<std::size_t>(std::llround(p.rms_window_ms * kRateHz / 1000.0));
  std::vector<std::vector<double>> history(
      static_cast<std::size_t>(in.channels()));  // of raw values, newest last
  const auto averaged = [&](std::size_t group, double raw) {
    if (p.detector != Detector::rms_box) return raw;
    std::vector<double>& past = history[group];
    past.push_back(raw);
    double total = 0.0;
    for (std::size_t k = 0; k < std::min(box_frames, past.size()); ++k) total += past[past.size() - 1 - k];
    return total / static_cast<double>(box_frames);
  };
  const auto raw_of = [&p](double x) { return p.detector == Detector::peak ? std::abs(x) : x * x; };
  std::vector states(static_cast<std::size_t>(in.channels()), dsp::released_state<double>(p.smoothing));
  for (std::size_t i = 0; i < in.frames(); ++i) {
    double largest = 0.0, sum = 0.0, middle = 0.0;
    for (int c = 0; c < in.channels(); ++c) {
      const double x = in.channel(c)[i];
      largest = std::max(largest, raw_of(x));
      sum += raw_of(x);
      middle += x;
    }
    double shared_db = 0.0;
    if (p.stereo_link != StereoLink::none) {
      const double linked = p.stereo_link == StereoLink::max    ? largest
                            : p.stereo_link == StereoLink::mean ? sum / in.channels()
                                                                : raw_of(middle / in.channels());
      shared_db = dsp::compressor_gain_db(topology, model, averaged(0, linked), states[0]);
    }
    for (int c = 0; c < in.channels(); ++c) {
      const double x = in.channel(c)[i];
      double gain_db = shared_db;
      if (p.stereo_link == StereoLink::none) {
        const auto group = static_cast<std::size_t>(c);
        gain_db = dsp::compressor_gain_db(topology, model, averaged(group, raw_of(x)), states[group]);
      }
      const double wet = x * std::pow(10.0, (gain_db + p.makeup_db) / 20.0);
      out.channel(c)[i] = static_cast<float>(p.mix * wet + (1.0 - p.mix) * x);
    }
  }
  return out;
}

TEST(Compressor, plays_every_topology_as_its_header_defines_it) {
  const AudioBuffer in = test::bursts(3, 12000, 1500, 1);
  for (const CompressorParams& params : every_topology()) {
    auto compressor = prepared(params, kRateHz, 3);
    EXPECT_LT(test::largest_difference(output(*compressor, in), played_by_definition(params, in)), 2e-6F)
        << dsp::kDetectorNames[static_cast<std::size_t>(params.detector)] << ' '
        << dsp::kSmoothingNames[static_cast<std::size_t>(params.smoothing)] << ' '
        << dsp::kBallisticsNames[static_cast<std::size_t>(params.ballistics)] << ' '
        << dsp::kStereoLinkNames[static_cast<std::size_t>(params.stereo_link)];
  }
}

TEST(Compressor, at_ratio_1_and_no_make_up_passes_audio_bit_by_bit) {
  const AudioBuffer in = test::bursts(2, 8000, 1000, 2);
  auto compressor = prepared(CompressorParams{.threshold_db = -60.0, .ratio = 1.0}, kRateHz, 2);
  EXPECT_EQ(output(*compressor, in), in);
}

TEST(Compressor, a_steady_tone_settles_on_the_static_curve) {
  for (const double level_db : {-40.0, -26.0, -20.0, -10.0}) {
    const CompressorParams params{
        .threshold_db = -24, .ratio = 3, .knee_db = 8, .attack_ms = 1, .makeup_db = 2};
    auto compressor = prepared(params, kRateHz, 2);
    AudioBuffer in(2, kRateHz);
    for (int c = 0; c < 2; ++c) std::ranges::fill(in.channel(c), static_cast<float>(db_to_gain(level_db)));
    const AudioBuffer out = output(*compressor, in);
    const double curve_db = dsp::gain_curve_db<double>({-24.0, 2.0 / 3.0, 8.0}, level_db);
    EXPECT_NEAR(gain_to_db(static_cast<double>(out.channel(1)[kRateHz - 1])), level_db + curve_db + 2.0,
                1e-4);
    EXPECT_NEAR(compressor->gain_reduction_db(), curve_db, 1e-5);
  }
}

TEST(Compressor, linked_channels_share_one_gain_and_unlinked_ones_do_not) {
  AudioBuffer in = test::sine(2, 24000, 1000.0, kRateHz, 0.8);
  for (float& sample : in.channel(1)) sample *= 0.01F;
  const auto quiet_channel_gain = [&in](StereoLink link) {
    auto compressor = prepared(CompressorParams{.stereo_link = link}, kRateHz, 2);
    const AudioBuffer out = output(*compressor, in);
    return out.channel(1)[23990] / in.channel(1)[23990];
  };
  EXPECT_LT(quiet_channel_gain(StereoLink::max), 0.3F);
  EXPECT_LT(quiet_channel_gain(StereoLink::mean), 0.5F);
  EXPECT_GT(quiet_channel_gain(StereoLink::mean), quiet_channel_gain(StereoLink::max));
  EXPECT_FLOAT_EQ(quiet_channel_gain(StereoLink::none), 1.0F);
}

// While a tone sounds, going over to any other topology leaves no step: neighbouring samples of the gain
// differ little.
TEST(Compressor, a_change_of_topology_is_seamless) {
  const auto all = every_topology();
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    auto compressor = prepared(all[i], kRateHz, 2);
    AudioBuffer audio(2, 24000);
    for (int c = 0; c < 2; ++c) std::ranges::fill(audio.channel(c), 0.5F);
    compressor->process(audio.view().slice(0, 4096));
    compressor->process(audio.view().slice(4096, 4096));
    set_params(*compressor, all[all.size() - 1 - i]);
    for (std::size_t at = 8192; at < 24000; at += 512) {
      compressor->process(audio.view().slice(at, std::min<std::size_t>(512, 24000 - at)));
    }
    float largest_step = 0.0F;
    for (std::size_t k = 8000; k < 24000; ++k) {
      largest_step = std::max(largest_step, std::abs(audio.channel(0)[k] - audio.channel(0)[k - 1]));
    }
    EXPECT_LT(largest_step, 1e-3F) << i;
    auto steady = prepared(all[all.size() - 1 - i], kRateHz, 2);
    AudioBuffer expected(2, 24000);
    for (int c = 0; c < 2; ++c) std::ranges::fill(expected.channel(c), 0.5F);
    expected = output(*steady, expected);
    EXPECT_NEAR(audio.channel(1)[23999], expected.channel(1)[23999], 2e-3F) << i;
  }
}

}  // namespace
}  // namespace aapp::effects

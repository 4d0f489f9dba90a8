#include "common/effects/eq.h"

#include <gtest/gtest.h>

#include <complex>

#include "common/dsp/biquad_response.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;
using test::output;
using test::prepared;

constexpr int kRateHz = 48000;

EqParams reference_bands() {
  return {.bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 80, .gain_db = 3},
                    {.frequency_hz = 120, .gain_db = -2, .q = 1},
                    {.frequency_hz = 1000, .gain_db = 2, .q = 2},
                    {.frequency_hz = 5000, .gain_db = -6, .q = 1},
                    {.type = dsp::BandType::high_pass, .frequency_hz = 40, .q = 0.9},
                    {.type = dsp::BandType::high_shelf, .frequency_hz = 10000, .gain_db = 2.5}}};
}

// The level of a steady sine after the effect, by correlation over whole periods at the end.
double gain_at_db(const EqParams& params, double f_hz) {
  auto eq = prepared(params, kRateHz, 1);
  const std::size_t frames = 3 * kRateHz;
  const AudioBuffer in = test::sine(1, frames, f_hz, kRateHz);
  const AudioBuffer out = output(*eq, in);
  std::complex<double> sum_in = 0.0, sum_out = 0.0;
  for (std::size_t i = frames - kRateHz; i < frames; ++i) {
    const auto turn = std::polar(1.0, -2.0 * kPi * f_hz * static_cast<double>(i) / kRateHz);
    sum_in += turn * static_cast<double>(in.channel(0)[i]);
    sum_out += turn * static_cast<double>(out.channel(0)[i]);
  }
  return gain_to_db(std::abs(sum_out) / std::abs(sum_in));
}

TEST(Eq, plays_the_response_that_its_bands_state) {
  const EqParams params = reference_bands();
  for (const double f_hz : {30.0, 80.0, 120.0, 1000.0, 5000.0, 15000.0}) {
    double expected_db = 0.0;
    for (const EqBand& band : params.bands) {
      const auto k = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, kRateHz);
      expected_db += dsp::response_db(k, dsp::response_phi(f_hz, kRateHz));
    }
    EXPECT_NEAR(gain_at_db(params, f_hz), expected_db, 1e-4) << f_hz;
  }
}

TEST(Eq, without_working_bands_passes_audio_bit_by_bit) {
  const AudioBuffer in = test::noise(2, 5000, 0.5F, 1);
  EqParams idle = {.bands = {{.gain_db = 0.0}, {.gain_db = 12.0, .enabled = false}}};
  for (const EqParams& params : {EqParams{}, idle}) {
    auto eq = prepared(params, kRateHz, 2);
    EXPECT_EQ(output(*eq, in), in);
    EXPECT_EQ(eq->tail_frames(), 0);
  }
}

TEST(Eq, setting_the_same_sound_again_changes_no_bit) {
  const AudioBuffer in = test::noise(2, 20000, 0.5F, 2);
  EqParams same = reference_bands();
  same.bands.push_back({.gain_db = 0.0});  // does nothing
  Eq once, twice;
  for (Eq* eq : {&once, &twice}) {
    eq->set(reference_bands());
    eq->prepare({.rate_hz = kRateHz, .channels = 2, .max_block_frames = test::kMaxBlock});
  }
  AudioBuffer a = in, b = in;
  for (std::size_t at = 0; at < 20000; at += 1000) {
    once.process(a.view().slice(at, 1000));
    twice.set(same);
    twice.process(b.view().slice(at, 1000));
  }
  EXPECT_EQ(a, b);
}

// Before the change the old bands sound, 50 ms after it exactly the new ones have settled in.
TEST(Eq, new_bands_are_alone_after_50_ms) {
  Eq eq;
  eq.prepare({.rate_hz = kRateHz, .channels = 1, .max_block_frames = test::kMaxBlock});
  AudioBuffer audio = test::noise(1, 9600, 0.5F, 3);
  const AudioBuffer in = audio;
  eq.process(audio.view().slice(0, 2400));
  const EqParams loud{
      .bands = {{.type = dsp::BandType::high_shelf, .frequency_hz = 10, .gain_db = 20}}};  // all of it
  eq.set(loud);
  eq.process(audio.view().slice(2400, 2400));
  eq.process(audio.view().slice(4800, 4096));
  auto reference = prepared(loud, kRateHz, 1);
  const AudioBuffer expected = output(*reference, in);
  for (std::size_t i = 0; i < 2400 + 960; ++i)
    EXPECT_EQ(audio.channel(0)[i], in.channel(0)[i]);  // settling: unheard
  for (std::size_t i = 4800; i < 8000; ++i) EXPECT_NEAR(audio.channel(0)[i], expected.channel(0)[i], 2e-2);
}

TEST(Eq, of_changes_during_a_fade_the_newest_wins) {
  const auto shelf = [](double gain_db) {
    return EqParams{.bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 5000, .gain_db = gain_db}}};
  };
  const AudioBuffer in = test::noise(1, 14400, 0.5F, 4);
  const auto played = [&](const std::vector<EqParams>& changes) {
    Eq eq;
    eq.prepare({.rate_hz = kRateHz, .channels = 1, .max_block_frames = test::kMaxBlock});
    AudioBuffer audio = in;
    for (std::size_t at = 0; at < in.frames(); at += 100) {
      const std::size_t turn = at / 100;
      if (turn >= 24 && turn - 24 < changes.size()) eq.set(changes[turn - 24]);
      eq.process(audio.view().slice(at, 100));
    }
    return audio;
  };
  const AudioBuffer three = played({shelf(20), shelf(-40), EqParams{}});
  EXPECT_EQ(three, played({shelf(20), EqParams{}}));
  for (std::size_t i = 2400 + 2 * 2400; i < 14400; ++i) EXPECT_EQ(three.channel(0)[i], in.channel(0)[i]);
}

// Bands that did not change keep their filters: none may be kept for another band, place or rate.
TEST(Eq, bands_changed_one_by_one_sound_like_bands_set_at_once) {
  const effects::EqBand low{.type = dsp::BandType::low_shelf, .frequency_hz = 200, .gain_db = 6};
  const effects::EqBand peak{.type = dsp::BandType::peak, .frequency_hz = 2000, .gain_db = -9, .q = 2};
  effects::EqBand louder = peak;
  louder.gain_db = -3;
  const AudioBuffer in = test::noise(1, 4096, 0.5F, 5);
  Eq eq;
  for (const int rate_hz : {48000, 96000}) {
    eq.prepare({.rate_hz = rate_hz, .channels = 1, .max_block_frames = test::kMaxBlock});
    for (const EqParams& bands : {EqParams{.bands = {low, peak}}, EqParams{.bands = {low, louder}},
                                  EqParams{.bands = {louder}}, EqParams{.bands = {peak, low, louder}}}) {
      eq.set(bands);
      eq.reset();
      AudioBuffer audio = in;
      eq.process(audio.view());
      EXPECT_EQ(audio, output(*prepared(bands, rate_hz, 1), in));
    }
  }
}

TEST(Eq, a_band_above_the_rate_sits_below_nyquist) {
  const EqParams params{.bands = {{.type = dsp::BandType::low_pass, .frequency_hz = 40000}}};
  auto eq = prepared(params, 8000, 1);
  const AudioBuffer out = output(*eq, test::noise(1, 8000, 0.5F, 5));
  EXPECT_TRUE(test::all_finite(out));
  EXPECT_LT(test::peak(out), 2.0F);
}

}  // namespace
}  // namespace aapp::effects

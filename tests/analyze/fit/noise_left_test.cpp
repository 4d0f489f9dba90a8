#include "analyze/fit/noise_left.h"

#include <gtest/gtest.h>

#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

ChainModel compressor() {
  return {.kind = ChainKind::compressor, .eq = {}, .gain_db = 0.0, .compressor = test::all_topologies()[0]};
}

PairExcerpt pair_of(const audio::AudioBuffer& dry) {
  return {.rate_hz = kRate, .dry = dry, .wet = test::compress(dry, kRate, compressor().compressor)};
}

// A bass note that fades: where it is quiet, rounding follows it, and what no gain explains is less than all
// of the noise.
audio::AudioBuffer fading_note() {
  audio::AudioBuffer audio(1, 4 * kRate);
  for (std::size_t n = 0; n < audio.frames(); ++n) {
    const double t = static_cast<double>(n) / kRate;
    audio.channel(0)[n] = static_cast<float>(0.7 * std::exp(-2.2 * t) * std::sin(2.0 * kPi * 50.0 * t));
  }
  return audio;
}

TEST(ErrorOverNoise, IsOneOfTheTruthAndMoreOfWhatIsNearIt) {
  ChainModel off = compressor();
  off.compressor.threshold_db += 0.05;
  for (const audio::AudioBuffer& dry : {test::bursts(2, 3.0, kRate, 31), fading_note()}) {
    PairExcerpt rounded = pair_of(dry);
    test::quantise_16_bit(rounded.wet);
    EXPECT_GT(error_over_noise(compressor(), rounded), 0.9);
    EXPECT_LT(error_over_noise(compressor(), rounded), kFarFromNoise);
    EXPECT_GT(error_over_noise(off, rounded), kFarFromNoise);
  }
  PairExcerpt noisy = pair_of(test::bursts(1, 3.0, kRate, 32));
  noisy.wet = test::add_noise(noisy.wet, 1e-3, 33);
  EXPECT_NEAR(error_over_noise(compressor(), noisy), 1.0, 0.03);
}

TEST(ErrorOverNoise, LeavesOutWhatClips) {
  PairExcerpt pair = pair_of(test::bursts(1, 3.0, kRate, 34));
  for (float& y : pair.wet.channel(0)) y *= 4.0F;
  ChainModel louder = compressor();
  louder.compressor.makeup_db += gain_to_db(4.0);
  test::quantise_16_bit(pair.wet);
  EXPECT_NEAR(error_over_noise(louder, pair), 1.0, 0.03);
}

}  // namespace
}  // namespace aapp::fit

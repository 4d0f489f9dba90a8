// The same numbers, converted as docs/filters.md and docs/compressor.md say, sound the same in other
// programs: the same noise goes through ffmpeg, SoX and our effects. Skipped where a program is not
// installed.
#include <gtest/gtest.h>

#include <cstring>

#include "common/effects/compressor.h"
#include "common/effects/eq.h"
#include "tests/support/run_effect.h"
#include "tests/support/run_program.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;

constexpr int kRateHz = 48000;

// Mono float samples through a program that reads and writes them raw. Empty if it is not installed or fails.
std::vector<float> through(const std::vector<std::string>& command, const AudioBuffer& in) {
  std::string bytes(in.frames() * sizeof(float), '\0');
  std::memcpy(bytes.data(), in.channel(0).data(), bytes.size());
  const test::RunResult result =
      test::run_program(command, {.input = bytes, .environment = {}, .folder = {}});
  if (result.exit_code != 0) return {};
  std::vector<float> out(result.out.size() / sizeof(float));
  std::memcpy(out.data(), result.out.data(), out.size() * sizeof(float));
  return out;
}

std::vector<float> through_ffmpeg(const std::string& filters, const AudioBuffer& in) {
  return through({"ffmpeg", "-nostdin", "-v", "error", "-f", "f32le", "-ar", "48000", "-ac", "1", "-i",
                  "pipe:0", "-af", filters, "-f", "f32le", "pipe:1"},
                 in);
}

std::vector<float> through_sox(std::vector<std::string> effects, const AudioBuffer& in) {
  std::vector<std::string> command{"sox", "-V1", "-D", "-t", "f32", "-r", "48000",
                                   "-c",  "1",   "-",  "-t", "f32", "-"};
  command.insert(command.end(), effects.begin(), effects.end());
  return through(command, in);
}

AudioBuffer ours(const AnyParams& params, const AudioBuffer& in) {
  auto effect = test::prepared(params, kRateHz, 1);
  return test::output(*effect, in);
}

double largest_difference(const AudioBuffer& a, const std::vector<float>& b) {
  double largest = a.frames() == b.size() ? 0.0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.frames(), b.size()); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.channel(0)[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

// The largest difference in dB where both are loud enough to have a level.
double largest_difference_db(const AudioBuffer& a, const std::vector<float>& b) {
  double largest = a.frames() == b.size() ? 0.0 : 1e9;
  for (std::size_t i = 0; i < std::min(a.frames(), b.size()); ++i) {
    const double x = std::abs(a.channel(0)[i]);
    const double y = std::abs(b[i]);
    if (std::min(x, y) > 1e-3) largest = std::max(largest, std::abs(gain_to_db(x / y)));
  }
  return largest;
}

const EqParams kBands{
    .bands = {{.type = dsp::BandType::low_shelf, .frequency_hz = 105, .gain_db = 4.5, .q = 0.7},
              {.frequency_hz = 2310, .gain_db = -3.2, .q = 1.41},
              {.type = dsp::BandType::high_shelf, .frequency_hz = 9000, .gain_db = 2, .q = 0.7}}};

TEST(Peers, the_equaliser_equals_ffmpegs) {
  const AudioBuffer in = test::noise(1, 20000, 0.25F);
  const auto theirs = through_ffmpeg(
      "lowshelf=f=105:t=q:w=0.7:g=4.5:r=f64,equalizer=f=2310:t=q:w=1.41:g=-3.2:r=f64,highshelf=f=9000:t=q:w="
      "0.7:g=2:r=f64",
      in);
  if (theirs.empty()) GTEST_SKIP() << "ffmpeg is not installed";
  EXPECT_LT(largest_difference(ours(kBands, in), theirs), 2e-7);
}

TEST(Peers, the_equaliser_equals_soxs) {
  const AudioBuffer in = test::noise(1, 20000, 0.25F);
  const auto theirs = through_sox(
      {"bass", "4.5", "105", "0.7q", "equalizer", "2310", "1.41q", "-3.2", "treble", "2", "9000", "0.7q"},
      in);
  if (theirs.empty()) GTEST_SKIP() << "sox is not installed";
  EXPECT_LT(largest_difference(ours(kBands, in), theirs), 2e-7);
}

// ffmpeg: attack and release are four of our time constants, the knee is a ratio.
CompressorParams like_ffmpeg(Smoothing smoothing) {
  return {.threshold_db = -18.0,
          .ratio = 3.0,
          .knee_db = 20.0 * std::log10(2.0),
          .attack_ms = 48.0 / 4.0,
          .release_ms = 480.0 / 4.0,
          .makeup_db = 4.0,
          .smoothing = smoothing};
}
std::string acompressor(const std::string& detection) {
  return "acompressor=threshold=0.12589254:ratio=3:attack=48:release=480:knee=2:makeup=1.58489319:"
         "detection=" +
         detection;
}

TEST(Peers, ffmpegs_peak_compressor_is_level_linear) {
  const AudioBuffer in = test::bursts(1, 48000, 6000);
  const auto theirs = through_ffmpeg(acompressor("peak"), in);
  if (theirs.empty()) GTEST_SKIP() << "ffmpeg is not installed";
  EXPECT_LT(largest_difference_db(ours(like_ffmpeg(Smoothing::level_linear), in), theirs), 0.01);
  EXPECT_GT(largest_difference_db(ours(like_ffmpeg(Smoothing::level_power), in), theirs), 0.5);
}

TEST(Peers, ffmpegs_rms_compressor_is_level_power) {
  const AudioBuffer in = test::bursts(1, 48000, 6000);
  const auto theirs = through_ffmpeg(acompressor("rms"), in);
  if (theirs.empty()) GTEST_SKIP() << "ffmpeg is not installed";
  EXPECT_LT(largest_difference_db(ours(like_ffmpeg(Smoothing::level_power), in), theirs), 0.01);
}

// SoX: seconds are our time constants; without a knee its curve has corners as ours.
TEST(Peers, soxs_compand_is_level_linear) {
  AudioBuffer in = test::bursts(1, 48000, 6000);
  const auto theirs = through_sox({"compand", "0.012,0.12", "-18,-18,0,-12", "0", "-120", "0"}, in);
  if (theirs.empty()) GTEST_SKIP() << "sox is not installed";
  const CompressorParams params{.threshold_db = -18.0,
                                .ratio = 3.0,
                                .knee_db = 0.0,
                                .attack_ms = 12.0,
                                .release_ms = 120.0,
                                .smoothing = Smoothing::level_linear};
  EXPECT_LT(largest_difference_db(ours(params, in), theirs), 0.01);
}

}  // namespace
}  // namespace aapp::effects

#include "common/audio/pcm_format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tests/support/signals.h"

namespace aapp::audio {
namespace {

constexpr PcmEncoding kIntegers[] = {PcmEncoding::u8, PcmEncoding::s8, PcmEncoding::s16, PcmEncoding::s24,
                                     PcmEncoding::s32};

int bits_of(PcmEncoding encoding) {
  return static_cast<int>(8 * bytes_per_sample(encoding));
}

std::vector<std::byte> encode(std::span<const float> samples, PcmFormat format,
                              Dither dither = Dither::none) {
  Quantizer quantizer(bits_of(format.encoding), dither);
  std::vector<std::byte> bytes(samples.size() * bytes_per_sample(format.encoding));
  encode_pcm(samples, format, quantizer, bytes);
  return bytes;
}

std::int32_t quantize_one(Quantizer& quantizer, float sample) {
  std::int32_t integer = 0;
  quantizer.quantize({&sample, 1}, {&integer, 1});
  return integer;
}

TEST(PcmFormat, EverySixteenBitIntegerSurvivesFloat) {
  std::vector<std::byte> all;
  for (int value = -32768; value <= 32767; ++value) {
    all.push_back(static_cast<std::byte>(value & 0xFF));
    all.push_back(static_cast<std::byte>((value >> 8) & 0xFF));
  }
  std::vector<float> floats(65536);
  decode_pcm(all, {PcmEncoding::s16, ByteOrder::little}, floats);
  EXPECT_EQ(floats.front(), -1.0F);
  EXPECT_EQ(floats[32768 + 1], 1.0F / 32768.0F);
  EXPECT_EQ(encode(floats, {PcmEncoding::s16, ByteOrder::little}), all);
}

// 24 bits are taken four bytes at a time: nothing beyond the last sample's three may be read or written.
TEST(PcmFormat, TwentyFourBitsAreTheirThreeBytesInEveryLength) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    for (const std::size_t count : {0, 1, 2, 3, 511, 512, 513, 514, 1500}) {
      std::vector<float> samples(count);
      std::vector<std::byte> expected;
      for (std::size_t i = 0; i < count; ++i) {
        const int value = static_cast<int>(i * 2654435761U % 16777216U) - 8388608;
        samples[i] = static_cast<float>(value) / 8388608.0F;
        for (const int place : {0, 1, 2}) {
          const int shift = order == ByteOrder::little ? 8 * place : 16 - 8 * place;
          expected.push_back(static_cast<std::byte>(value >> shift & 0xFF));
        }
      }
      EXPECT_EQ(encode(samples, {PcmEncoding::s24, order}), expected) << count;
      std::vector<float> decoded(count);
      decode_pcm(expected, {PcmEncoding::s24, order}, decoded);
      EXPECT_EQ(decoded, samples) << count;
    }
  }
}

TEST(PcmFormat, BytesSurviveFloatInEveryIntegerOfUpTo24Bits) {
  const audio::AudioBuffer source = test::noise(1, 5000, 1.0F);
  for (const PcmEncoding encoding : {PcmEncoding::u8, PcmEncoding::s8, PcmEncoding::s16, PcmEncoding::s24}) {
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
      const auto bytes = encode(source.channel(0), {encoding, order});
      std::vector<float> floats(5000);
      decode_pcm(bytes, {encoding, order}, floats);
      EXPECT_EQ(encode(floats, {encoding, order}), bytes);
    }
  }
}

TEST(PcmFormat, BigEndianIsLittleEndianReversed) {
  const std::array<float, 1> sample{0.3F};
  for (const PcmEncoding encoding :
       {PcmEncoding::s16, PcmEncoding::s24, PcmEncoding::s32, PcmEncoding::f32, PcmEncoding::f64}) {
    auto little = encode(sample, {encoding, ByteOrder::little});
    std::reverse(little.begin(), little.end());
    EXPECT_EQ(encode(sample, {encoding, ByteOrder::big}), little);
  }
}

TEST(PcmFormat, ClipsBeyondFullScaleAndNeverWraps) {
  const std::array<float, 6> wild{1.0F, 1.5F, 1e30F, -1.0F, -1.5F, -1e30F};
  for (const PcmEncoding encoding : kIntegers) {
    Quantizer quantizer(bits_of(encoding), Dither::none);
    const auto top = static_cast<std::int32_t>(std::ldexp(1.0, bits_of(encoding) - 1) - 1.0);
    for (const float sample : wild) EXPECT_EQ(quantize_one(quantizer, sample), sample > 0 ? top : -top - 1);
    EXPECT_EQ(quantizer.clipped(), 4) << "full scale itself is not clipping";
  }
}

TEST(PcmFormat, RoundsToTheNearestStepTiesToEven) {
  Quantizer quantizer(16, Dither::none);
  for (double steps = -40.0; steps <= 40.0; steps += 0.25) {
    EXPECT_EQ(quantize_one(quantizer, static_cast<float>(steps / 32768.0)), std::lrint(steps)) << steps;
  }
}

TEST(PcmFormat, DitherIsTriangularUnbiasedAndTheSameEveryTime) {
  constexpr int kCount = 200000;
  constexpr double kSteps = 10.3;  // a level between two steps
  Quantizer quantizer(16, Dither::tpdf), again(16, Dither::tpdf);
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < kCount; ++i) {
    const auto sample = static_cast<float>(kSteps / 32768.0);
    const double error = quantize_one(quantizer, sample) - kSteps;
    EXPECT_EQ(quantize_one(again, sample) - kSteps, error);
    EXPECT_LE(std::abs(error), 1.5);
    sum += error;
    squares += error * error;
  }
  // TPDF dither makes mean error 0 and error power (1/12 + 2/12) of a step squared, whatever the level.
  EXPECT_NEAR(sum / kCount, 0.0, 0.005);
  EXPECT_NEAR(squares / kCount, 0.25, 0.005);
}

}  // namespace
}  // namespace aapp::audio

#include "common/audio/pump.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"

namespace aapp::audio {
namespace {

class Collector : public BlockVisitor {
 public:
  void visit(ConstAudioView block) override {
    for (const float sample : block.channel(0)) samples.push_back(sample);
  }
  std::vector<float> samples;
};

TEST(Pump, ShowsEveryFrameOnceToEveryVisitorWhateverTheGrain) {
  const AudioBuffer source = test::noise(2, 50000);
  for (const std::size_t grain : {std::size_t{1} << 20U, std::size_t{977}}) {
    test::MemorySource stream(source, 48000, grain);
    Collector first, second;
    const std::array<BlockVisitor*, 2> visitors{&first, &second};
    const auto stats = pump(stream, visitors);
    ASSERT_TRUE(stats);
    EXPECT_EQ(stats->frames, 50000);
    EXPECT_EQ(stats->non_finite_samples, 0);
    EXPECT_TRUE(std::ranges::equal(first.samples, source.channel(0)));
    EXPECT_EQ(first.samples, second.samples);
  }
}

TEST(Pump, ReplacesNonFiniteSamplesByZeroAndCountsThem) {
  AudioBuffer source = test::noise(2, 1000);
  source.channel(0)[3] = std::numeric_limits<float>::quiet_NaN();
  source.channel(0)[999] = std::numeric_limits<float>::infinity();
  source.channel(1)[500] = -std::numeric_limits<float>::infinity();
  test::MemorySource stream(source, 48000, 7);
  Collector collector;
  BlockVisitor* const visitor = &collector;
  const auto stats = pump(stream, {&visitor, 1});
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->non_finite_samples, 3);
  EXPECT_EQ(collector.samples[3], 0.0F);
  EXPECT_EQ(collector.samples[4], source.channel(0)[4]);
}

TEST(Pump, FindsANonFiniteSampleAtEveryPlaceOfABlock) {
  constexpr std::size_t kFrames = 37;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (std::size_t at = 0; at < kFrames; ++at) {
      AudioBuffer block = test::noise(1, kFrames);
      block.channel(0)[at] = bad;
      EXPECT_EQ(remove_non_finite(block.view()), 1);
      EXPECT_EQ(block.channel(0)[at], 0.0F);
    }
  }
  AudioBuffer huge = test::impulse(1, kFrames, 5, std::numeric_limits<float>::max());
  EXPECT_EQ(remove_non_finite(huge.view()), 0);
}

TEST(Pump, StopsAsInterruptedWhenProgressSaysSo) {
  test::MemorySource stream(test::noise(1, 100000), 48000);
  const auto stats = pump(stream, {}, [](std::int64_t frames) { return frames < 20000; });
  ASSERT_FALSE(stats);
  EXPECT_EQ(stats.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace aapp::audio

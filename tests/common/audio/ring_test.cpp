#include "common/audio/ring.h"

#include <gtest/gtest.h>

#include "common/audio/mono.h"

namespace aapp::audio {
namespace {

// Frame p of the stream holds p in channel 0 and -p in channel 1.
AudioBuffer stretch(std::int64_t from, std::size_t frames) {
  AudioBuffer block(2, frames);
  for (std::size_t i = 0; i < frames; ++i) {
    block.channel(0)[i] = static_cast<float>(from) + static_cast<float>(i);
    block.channel(1)[i] = -block.channel(0)[i];
  }
  return block;
}

TEST(Ring, HoldsTheLatestFramesOfAStreamInBlocksOfAnyLength) {
  Ring ring(2, 100);
  std::int64_t end = 0;
  for (const std::size_t frames : {1U, 64U, 99U, 100U, 7U, 33U, 100U, 2U}) {
    ring.write(end, stretch(end, frames).view());
    end += static_cast<std::int64_t>(frames);
    for (std::int64_t at = std::max<std::int64_t>(0, end - 100); at < end;) {
      const ConstAudioView piece = ring.read(at, static_cast<std::size_t>(end - at));
      ASSERT_GT(piece.frames(), 0U);
      for (std::size_t i = 0; i < piece.frames(); ++i, ++at) {
        ASSERT_EQ(piece.channel(0)[i], static_cast<float>(at));
        ASSERT_EQ(piece.channel(1)[i], -static_cast<float>(at));
      }
    }
  }
}

TEST(Ring, ReadsNoMoreThanAskedAndNotRoundTheEnd) {
  Ring ring(1, 10);
  EXPECT_EQ(ring.read(3, 4).frames(), 4U);
  EXPECT_EQ(ring.read(18, 4).frames(), 2U);
}

TEST(MeanOfChannels, IsTheMeanForAnyNumberOfThem) {
  for (const int channels : {1, 2, 3}) {
    AudioBuffer block(channels, 5);
    for (int c = 0; c < channels; ++c) {
      for (std::size_t i = 0; i < 5; ++i)
        block.channel(c)[i] = static_cast<float>(c) + 0.5F * static_cast<float>(i);
    }
    std::vector<double> mono(5);
    const ConstAudioView heard = block.view();
    mean_of_channels(heard, mono);
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_NEAR(mono[i], (channels - 1) / 2.0 + 0.5 * static_cast<double>(i), 1e-12);
  }
}

}  // namespace
}  // namespace aapp::audio

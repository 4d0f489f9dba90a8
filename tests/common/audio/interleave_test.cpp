#include "common/audio/interleave.h"

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace aapp::audio {
namespace {

TEST(Interleave, PutsFrameAfterFrameAndComesBack) {
  for (const int channels : {1, 2, 3, 6, 64}) {
    const AudioBuffer source = test::noise(channels, 37);
    std::vector<float> interleaved(static_cast<std::size_t>(channels) * 37);
    interleave(source.view(), interleaved);
    for (int c = 0; c < channels; ++c) {
      for (std::size_t i = 0; i < 37; ++i) {
        ASSERT_EQ(interleaved[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)],
                  source.channel(c)[i]);
      }
    }
    AudioBuffer back(channels, 37);
    deinterleave(interleaved, back.view());
    EXPECT_EQ(back, source);
  }
}

}  // namespace
}  // namespace aapp::audio

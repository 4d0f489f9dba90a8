#include "common/chain/render.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/memory_stream.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::chain {
namespace {

using audio::AudioBuffer;

class CollectingSink final : public audio::BlockSink {
 public:
  Result<void> write(audio::ConstAudioView block) override {
    for (const float sample : block.channel(0)) samples.push_back(sample);
    return {};
  }
  Result<void> finish() override {
    ++finished;
    return {};
  }

  std::vector<float> samples;
  int finished = 0;
};

Preset ringing() {
  Preset preset;
  preset.chain = {{effects::EqParams{.bands = {{.frequency_hz = 50, .gain_db = 20, .q = 10}}}}};
  return preset;
}

Chain made(const Preset& preset, int rate_hz = 48000, int channels = 1) {
  return std::move(
      Chain::make(preset, {.rate_hz = rate_hz, .channels = channels, .max_block_frames = 4096}).value());
}

TEST(Render, gives_as_many_frames_as_it_takes_and_says_what_it_did) {
  const AudioBuffer in = test::noise(1, 10007);
  for (const std::size_t grain : {1, 100, 100000}) {
    test::MemorySource source(in, 48000, grain);
    CollectingSink sink;
    Chain chain = made(ringing());
    const auto stats = render(source, chain, sink, {.block_frames = 1000});
    ASSERT_TRUE(stats.has_value());
    EXPECT_EQ(stats->frames_in, 10007);
    EXPECT_EQ(stats->frames_out, 10007);
    EXPECT_EQ(sink.samples.size(), 10007U);
    EXPECT_EQ(sink.finished, 0);
    Chain again = made(ringing());
    const AudioBuffer expected = test::output(again, in);
    EXPECT_TRUE(std::ranges::equal(sink.samples, expected.channel(0)));
    EXPECT_EQ(stats->peak, test::peak(expected));
  }
}

TEST(Render, keeps_the_tail_until_it_has_died_away) {
  const AudioBuffer in = test::impulse(1, 10);
  test::MemorySource source(in, 48000);
  CollectingSink sink;
  Chain chain = made(ringing());
  const auto stats = render(source, chain, sink, {.tail = Tail::keep});
  EXPECT_EQ(stats->frames_out, 10 + chain.tail_frames());
  EXPECT_GT(chain.tail_frames(), 4800);
  EXPECT_LT(std::abs(sink.samples.back()), 1e-6F);
  EXPECT_GT(std::abs(sink.samples[sink.samples.size() / 4]), 1e-6F);
}

TEST(Render, plays_what_is_not_finite_as_silence_and_counts_it) {
  AudioBuffer in = test::noise(2, 1000);
  AudioBuffer clean = in;
  in.channel(0)[10] = std::numeric_limits<float>::quiet_NaN();
  in.channel(1)[20] = std::numeric_limits<float>::infinity();
  in.channel(1)[21] = -std::numeric_limits<float>::infinity();
  clean.channel(0)[10] = clean.channel(1)[20] = clean.channel(1)[21] = 0.0F;
  const auto out = render(in, 48000, ringing());
  EXPECT_EQ(*out, *render(clean, 48000, ringing()));
  test::MemorySource source(in, 48000);
  CollectingSink sink;
  Chain chain = made(ringing(), 48000, 2);
  EXPECT_EQ(render(source, chain, sink)->non_finite_samples, 3);
}

TEST(Render, stops_when_progress_says_so) {
  test::MemorySource source(test::noise(1, 10000), 48000);
  CollectingSink sink;
  Chain chain = made({});
  std::int64_t last = 0;
  const auto stats =
      render(source, chain, sink, {.block_frames = 1000, .progress = [&last](std::int64_t done) {
                                     last = done;
                                     return done < 3000;
                                   }});
  ASSERT_FALSE(stats.has_value());
  EXPECT_EQ(stats.error().code, ErrorCode::interrupted);
  EXPECT_EQ(last, 3000);
}

TEST(Render, refuses_a_source_that_the_chain_was_not_made_for) {
  CollectingSink sink;
  Chain chain = made({}, 44100);
  test::MemorySource wrong_rate(test::noise(1, 100), 48000);
  EXPECT_FALSE(render(wrong_rate, chain, sink).has_value());
  test::MemorySource wrong_channels(test::noise(2, 100), 44100);
  EXPECT_FALSE(render(wrong_channels, chain, sink).has_value());
  test::MemorySource fine(test::noise(1, 100), 44100);
  EXPECT_FALSE(render(fine, chain, sink, {.block_frames = 5000}).has_value());
  EXPECT_TRUE(render(fine, chain, sink).has_value());
}

TEST(Render, of_no_frames_is_no_frames) {
  EXPECT_EQ(render(AudioBuffer(2, 0), 48000, ringing())->frames(), 0U);
}

}  // namespace
}  // namespace aapp::chain

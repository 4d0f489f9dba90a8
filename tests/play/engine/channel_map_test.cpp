#include "play/engine/channel_map.h"

#include <gtest/gtest.h>

#include "tests/support/signals.h"

namespace aapp::play {
namespace {

TEST(ChannelMap, ReadsWhatTheUserWrites) {
  EXPECT_EQ(parse_channel_map("1,1").value(), (ChannelMap{1, 1}));
  EXPECT_EQ(parse_channel_map("3").value(), (ChannelMap{3}));
  EXPECT_EQ(parse_channel_map("0,2,64").value(), (ChannelMap{0, 2, 64}));
}

TEST(ChannelMap, RefusesNonsenseAndShowsIt) {
  for (const char* text : {"", ",", "1,", "a", "1;2", "-1", "65", "1,,2", "1 ,2", "99999999999"}) {
    const Result<ChannelMap> map = parse_channel_map(text);
    ASSERT_FALSE(map) << text;
    EXPECT_EQ(map.error().code, ErrorCode::usage);
    EXPECT_NE(map.error().message.find(text), std::string::npos);
  }
  std::string many = "1";
  for (int i = 0; i < audio::kMaxChannels; ++i) many += ",1";
  EXPECT_FALSE(parse_channel_map(many));
}

TEST(ChannelMap, OneInputFeedsAllAndFewInputsStartOver) {
  EXPECT_EQ(default_channel_map(1, 2), (ChannelMap{1, 1}));
  EXPECT_EQ(default_channel_map(2, 2), (ChannelMap{1, 2}));
  EXPECT_EQ(default_channel_map(8, 2), (ChannelMap{1, 2}));
  EXPECT_EQ(default_channel_map(2, 5), (ChannelMap{1, 2, 1, 2, 1}));
  EXPECT_EQ(default_channel_map(0, 2), (ChannelMap{0, 0}));
}

TEST(ChannelMap, MustNotNameAnInputThatIsNotOpen) {
  EXPECT_TRUE(check_channel_map({1, 2}, 2));
  EXPECT_TRUE(check_channel_map({0, 0}, 0));
  EXPECT_FALSE(check_channel_map({1, 3}, 2));
}

TEST(ChannelMap, CopiesTheNamedInputsAndSilence) {
  const audio::AudioBuffer in = test::noise(3, 50);
  audio::AudioBuffer block = test::noise(3, 50, 0.5F, 9);
  apply_channel_map({3, 0, 1}, in.view(), block.view());
  EXPECT_TRUE(std::ranges::equal(block.channel(0), in.channel(2)));
  EXPECT_TRUE(std::ranges::all_of(block.channel(1), [](float x) { return x == 0.0F; }));
  EXPECT_TRUE(std::ranges::equal(block.channel(2), in.channel(0)));
}

}  // namespace
}  // namespace aapp::play

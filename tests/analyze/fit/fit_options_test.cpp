// What the words of the command line mean, and which are refused.
#include "analyze/fit/fit_options.h"

#include <gtest/gtest.h>

namespace aapp::fit {
namespace {

TEST(FitOptions, WordsMeanWhatTheySay) {
  EXPECT_EQ(*parse_bands("auto"), kAutoBands);
  EXPECT_EQ(*parse_bands("32"), 32);
  EXPECT_EQ(*parse_frequency_range("80:12000"), (Range{80.0, 12000.0}));
  EXPECT_EQ(*parse_aspects("eq,level"), (FitAspects{.eq = true, .dynamics = false, .level = true}));
  EXPECT_EQ(*parse_order("comp-first"), OrderChoice::comp_first);
}

TEST(FitOptions, OthersAreUsageErrorsThatNameTheOption) {
  for (const char* text : {"0", "33", "-1", "4.5", "many", ""}) {
    const auto bands = parse_bands(text);
    ASSERT_FALSE(bands) << text;
    EXPECT_EQ(bands.error().code, ErrorCode::usage);
    EXPECT_NE(bands.error().message.find("--bands"), std::string::npos);
  }
  for (const char* text : {"80", "12000:80", "80:80", "1:99999", "a:b", ":", "80:nan"})
    EXPECT_FALSE(parse_frequency_range(text)) << text;
  for (const char* text : {"", "eq,", "loudness", "eq level"}) EXPECT_FALSE(parse_aspects(text)) << text;
  EXPECT_FALSE(parse_order("first"));
}

TEST(FitOptions, AWeightFollowsTheLastAt) {
  EXPECT_EQ(*parse_weighted_file("take.wav"), (WeightedFile{"take.wav", 1.0}));
  EXPECT_EQ(*parse_weighted_file("take.wav@2.5"), (WeightedFile{"take.wav", 2.5}));
  EXPECT_EQ(*parse_weighted_file("me@home.wav"), (WeightedFile{"me@home.wav", 1.0}));
  EXPECT_EQ(*parse_weighted_file("me@home.wav@3"), (WeightedFile{"me@home.wav", 3.0}));
  EXPECT_FALSE(parse_weighted_file("take.wav@0"));
  EXPECT_FALSE(parse_weighted_file("take.wav@-1"));
}

TEST(FitOptions, NumbersOutsideTheirRangesAreNamed) {
  FitOptions options;
  EXPECT_TRUE(check_fit_options(options));
  options.amount = 1.2;
  const auto checked = check_fit_options(options);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, "--amount is 120; must be 0 to 100");
}

}  // namespace
}  // namespace aapp::fit

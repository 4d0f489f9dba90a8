#include "common/base/nearest_name.h"

#include <gtest/gtest.h>

#include <array>

namespace aapp {
namespace {

constexpr std::array<std::string_view, 4> kKnown{"attack_ms", "release_ms", "ratio", "mix"};

TEST(EditDistance, CountsSingleEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("ratio", "ratio"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);  // the textbook's pair
  EXPECT_EQ(edit_distance("gian", "gain"), 1u);       // neighbours swapped
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);          // optimal string alignment, not Damerau's 2
}

TEST(EditDistance, IsSymmetric) {
  EXPECT_EQ(edit_distance("treshold_db", "threshold"), edit_distance("threshold", "treshold_db"));
}

TEST(NearestName, FindsTheNameThatWasMeant) {
  EXPECT_EQ(nearest_name("atack_ms", kKnown), "attack_ms");
  EXPECT_EQ(nearest_name("relaese", kKnown), "");  // 5 of 10 letters: too far
  EXPECT_EQ(nearest_name("Ratio", kKnown), "ratio");
  EXPECT_EQ(nearest_name("max", kKnown), "mix");
}

TEST(NearestName, GivesNothingForWordsUnlikeAny) {
  EXPECT_EQ(nearest_name("colour", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'a'), kKnown), "");
  EXPECT_EQ(did_you_mean("colour", kKnown), "");
  EXPECT_EQ(did_you_mean("ratoi", kKnown), "; did you mean \"ratio\"?");
}

}  // namespace
}  // namespace aapp

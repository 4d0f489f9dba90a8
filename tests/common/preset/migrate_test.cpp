#include "common/preset/migrate.h"

#include <gtest/gtest.h>

#include <array>

#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

// Two invented steps: version 41 called the chain "nodes", version 40 the gain "level_db" as well.
const std::array<MigrationStep, 2> kInvented{
    MigrationStep{41,
                  [](std::string_view text, std::string_view) -> Result<std::string> {
                    return replaced(replaced(std::string(text), "\"nodes\"", "\"chain\""), ": 41", ": 42");
                  }},
    MigrationStep{40, [](std::string_view text, std::string_view source) -> Result<std::string> {
                    if (text.find("cursed") != std::string::npos) {
                      return fail(ErrorCode::preset_invalid, "{}: is cursed", source);
                    }
                    return replaced(replaced(std::string(text), "level_db", "gain_db"), ": 40", ": 41");
                  }}};
const FormatVersions kVersions{.current = 42, .steps = kInvented};

std::string old_preset(int version) {
  return fmt::format(
      R"({{"format": "aapp-preset", "version": {}, "{}": [{{"effect": "gain", "params": {{"{}": -3}}}}]}})",
      version, version < 42 ? "nodes" : "chain", version < 41 ? "level_db" : "gain_db");
}

TEST(Migrate, EveryOlderVersionReadsAsTheSamePreset) {
  const Result<Preset> newest = parse_preset(old_preset(42), "p.json", kVersions);
  ASSERT_TRUE(newest) << newest.error().message;
  ASSERT_EQ(newest->chain.size(), 1u);
  for (const int version : {40, 41}) {
    const Result<Preset> older = parse_preset(old_preset(version), "p.json", kVersions);
    ASSERT_TRUE(older) << older.error().message;
    EXPECT_EQ(*older, *newest);
  }
}

TEST(Migrate, WithoutItsStepAnOlderVersionIsRefused) {
  const FormatVersions gap{.current = 42, .steps = std::span(kInvented).subspan(1)};
  const Result<Preset> older = parse_preset(old_preset(40), "p.json", gap);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().message, "p.json: /version is 40; must be 42 to 42");
  EXPECT_EQ(kVersions.oldest(), 40);
  EXPECT_EQ(gap.oldest(), 42);
}

TEST(Migrate, ANewerVersionIsRefusedWithTheRemedy) {
  const Result<std::string> newer = migrate("{}", 43, kVersions, "p.json");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().message, "p.json: /version is 43; this aapp reads up to 42, so update aapp");
}

TEST(Migrate, AStepThatFailsEndsTheReading) {
  const Result<Preset> cursed = parse_preset(replaced(old_preset(40), "gain", "cursed"), "p.json", kVersions);
  ASSERT_FALSE(cursed);
  EXPECT_EQ(cursed.error().message, "p.json: is cursed");
}

TEST(Migrate, TheReleasedStepsLeadToTheCurrentVersion) {
  EXPECT_EQ(format_versions().current, kFormatVersion);
  EXPECT_EQ(format_versions().oldest(), 1);
}

}  // namespace
}  // namespace aapp::preset

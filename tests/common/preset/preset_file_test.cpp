#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "common/preset/preset_json.h"
#include "tests/support/temp_dir.h"

namespace aapp::preset {
namespace {

class PresetFile : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.file(name); }

  test::TempDir folder_;
};

Preset quiet_preset() {
  Preset preset;
  preset.name = "quiet";
  preset.chain.push_back({.params = effects::GainParams{.gain_db = -6.5}});
  return preset;
}

TEST_F(PresetFile, WhatIsSavedIsLoaded) {
  ASSERT_TRUE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::refuse));
  const Result<Preset> loaded = load_preset(path("quiet.json"));
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, quiet_preset());
}

TEST_F(PresetFile, SavingTwiceNeedsLeaveToReplaceAndGivesTheSameBytes) {
  ASSERT_TRUE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::refuse));
  const std::string first = test::read_bytes(path("quiet.json"));
  EXPECT_FALSE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::refuse));
  ASSERT_TRUE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::replace));
  EXPECT_EQ(test::read_bytes(path("quiet.json")), first);
}

TEST_F(PresetFile, APresetThatCouldNotBeReadAgainIsNotWritten) {
  Preset preset = quiet_preset();
  std::get<effects::GainParams>(preset.chain[0].params).gain_db = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(save_preset(preset, path("nan.json"), Overwrite::refuse));
  std::get<effects::GainParams>(preset.chain[0].params).gain_db = 61.0;
  const Result<void> saved = save_preset(preset, path("loud.json"), Overwrite::refuse);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().message,
            path("loud.json") + ": /chain/0/params/gain_db is 61; must be -60 to 60 dB");
  EXPECT_TRUE(folder_.listing().empty());
}

TEST_F(PresetFile, AMissingFileAndAFolderAreUnreadable) {
  const Result<Preset> missing = load_preset(path("none.json"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unreadable);
  EXPECT_EQ(missing.error().message, path("none.json") + ": cannot be opened: No such file or directory");
  const Result<Preset> folder = load_preset(folder_.path().string());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::unreadable);
  EXPECT_EQ(folder.error().message, folder_.path().string() + ": cannot be read: Is a directory");
}

TEST_F(PresetFile, AFileOfHundredMegabytesIsRefusedUnread) {
  test::write_bytes(path("huge.json"), "");
  std::filesystem::resize_file(path("huge.json"), 100u << 20);
  const Result<Preset> huge = load_preset(path("huge.json"));
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, ErrorCode::preset_invalid);
  EXPECT_EQ(huge.error().message,
            path("huge.json") + ": is larger than 4 MiB, the most that a preset may be");
}

TEST_F(PresetFile, AnEndlessFileIsRefused) {
  const Result<Preset> endless = load_preset("/dev/zero");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().message, "/dev/zero: is larger than 4 MiB, the most that a preset may be");
}

}  // namespace
}  // namespace aapp::preset

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

namespace fs = std::filesystem;

class PresetFile : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / fmt::format("aapp_preset_{}_{}", info->name(), ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
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
  const auto bytes = [&] {
    std::ifstream file(path("quiet.json"));
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  ASSERT_TRUE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::refuse));
  const std::string first = bytes();
  EXPECT_FALSE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::refuse));
  ASSERT_TRUE(save_preset(quiet_preset(), path("quiet.json"), Overwrite::replace));
  EXPECT_EQ(bytes(), first);
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
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(PresetFile, AMissingFileAndAFolderAreUnreadable) {
  const Result<Preset> missing = load_preset(path("none.json"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unreadable);
  EXPECT_EQ(missing.error().message, path("none.json") + ": cannot be opened: No such file or directory");
  const Result<Preset> folder = load_preset(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::unreadable);
  EXPECT_EQ(folder.error().message, folder_.string() + ": cannot be read: Is a directory");
}

TEST_F(PresetFile, AFileOfHundredMegabytesIsRefusedUnread) {
  std::ofstream(path("huge.json")).close();
  fs::resize_file(path("huge.json"), 100u << 20);
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

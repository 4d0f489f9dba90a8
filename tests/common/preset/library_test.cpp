#include "common/preset/library.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/preset/preset_json.h"
#include "tests/support/temp_dir.h"

namespace aapp::preset {
namespace {

class Library : public testing::Test {
 protected:
  std::string add(const std::string& folder, const std::string& name) {
    const std::filesystem::path path = temp_.path() / folder;
    std::filesystem::create_directories(path);
    Preset preset;
    preset.name = folder + "/" + name;
    EXPECT_TRUE(save_preset(preset, (path / (name + ".json")).string(), Overwrite::refuse));
    return (path / (name + ".json")).string();
  }
  std::vector<std::string> folders(std::vector<std::string> names) const {
    for (std::string& name : names) name = temp_.file(name);
    return names;
  }

  test::TempDir temp_;
};

TEST_F(Library, TheFirstFolderThatHasTheNameWins) {
  add("second", "voice");
  const std::string expected = add("first", "voice");
  const std::string other = add("second", "drums");
  EXPECT_EQ(find_preset("voice", folders({"missing", "first", "second"})).value(), expected);
  EXPECT_EQ(find_preset("drums", folders({"missing", "first", "second"})).value(), other);
}

TEST_F(Library, TheListHoldsEveryNameOnceInOrder) {
  const std::string drums = add("second", "drums");
  add("second", "voice");
  const std::string voice = add("first", "voice");
  test::write_bytes(temp_.file("second/notes.txt"), "no preset");
  const std::vector<LibraryEntry> entries = list_library(folders({"first", "second", "missing"}));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].name, "drums");
  EXPECT_EQ(entries[0].path, drums);
  EXPECT_EQ(entries[1].name, "voice");
  EXPECT_EQ(entries[1].path, voice);
}

TEST_F(Library, PathsAreTakenAsTheyAre) {
  for (const char* path : {"./voice", "/nowhere/voice", "voice.json", "-"}) {
    EXPECT_EQ(find_preset(path, {}).value(), path);
  }
  EXPECT_EQ(find_preset("/dev/null", {}).value(), "/dev/null");
}

TEST_F(Library, AnUnknownNameGetsTheNearestOne) {
  add("first", "podcast");
  const Result<std::string> near = find_preset("podcats", folders({"first"}));
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().code, ErrorCode::unreadable);
  EXPECT_EQ(near.error().message,
            "podcats: no preset of this name and no such file; did you mean \"podcast\"?");
  const Result<std::string> far = find_preset("xylophone", folders({"first"}));
  ASSERT_FALSE(far);
  EXPECT_EQ(far.error().message,
            "xylophone: no preset of this name and no such file; `aapp-play presets` lists what there is");
}

TEST_F(Library, AnEmptyNameIsAMistakeOfTheCommandLine) {
  EXPECT_EQ(find_preset("", folders({"first"})).error().code, ErrorCode::usage);
}

TEST_F(Library, FoldersAreSearchedInTheDocumentedOrder) {
  const LibraryPlaces places{.preset_path = "/a::/b",
                             .user_data = "/u",
                             .executable_folder = "/opt/aapp/bin",
                             .system_data = "/s1:/s2"};
  EXPECT_EQ(library_folders(places),
            (std::vector<std::string>{"/a", "/b", "/u/aapp/presets", "/opt/aapp/share/aapp/presets",
                                      "/s1/aapp/presets", "/s2/aapp/presets"}));
  EXPECT_TRUE(library_folders({}).empty());
}

}  // namespace
}  // namespace aapp::preset

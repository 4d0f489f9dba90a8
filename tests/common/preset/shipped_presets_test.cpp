// The presets that come with aapp.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "common/preset/describe.h"
#include "common/preset/library.h"
#include "common/preset/preset_json.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp::preset {
namespace {

std::vector<LibraryEntry> shipped() {
  return list_library({test::source_path("presets")});
}

TEST(ShippedPresets, AreAtLeastTwelve) {
  EXPECT_GE(shipped().size(), 12u);
}

TEST(ShippedPresets, CanBePlayedAndSayWhatTheyAreFor) {
  std::set<std::string> titles;
  for (const LibraryEntry& entry : shipped()) {
    const Result<Preset> preset = load_preset(entry.path);
    ASSERT_TRUE(preset) << preset.error().message;
    EXPECT_GE(preset->description.size(), 30u) << entry.path;
    EXPECT_TRUE(titles.insert(preset->name).second) << entry.path << ": another preset is called so too";
  }
}

TEST(ShippedPresets, AreFoundByNameFromTheProgramsFolder) {
  for (const LibraryEntry& entry : shipped()) EXPECT_TRUE(open_preset(entry.name)) << entry.name;
}

TEST(ShippedPresets, BypassHoldsNoEffect) {
  EXPECT_TRUE(open_preset("bypass").value().chain.empty());
}

TEST(PresetFormatPage, HoldsTheReferenceOfAllParameters) {
  const std::string page = test::read_bytes(test::source_path("docs/preset-format.md"));
  EXPECT_NE(page.find(parameter_reference()), std::string::npos)
      << "write the section anew: scripts/update-docs";
}

TEST(PresetFormatPage, ItsExamplesAreValid) {
  const std::string page = test::read_bytes(test::source_path("docs/preset-format.md"));
  int examples = 0;
  for (std::size_t at = page.find("```json\n{"); at != std::string::npos;
       at = page.find("```json\n{", at + 1)) {
    const std::size_t start = at + std::string_view("```json\n").size();
    const Result<Preset> preset =
        parse_preset(page.substr(start, page.find("```", start) - start), "example");
    EXPECT_TRUE(preset) << preset.error().message;
    ++examples;
  }
  EXPECT_GE(examples, 1);
}

}  // namespace
}  // namespace aapp::preset

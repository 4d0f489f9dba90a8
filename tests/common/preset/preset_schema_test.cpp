#include "common/preset/preset_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "common/preset/preset_json.h"
#include "tests/common/preset/random_preset.h"
#include "tests/support/json_schema.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp::preset {
namespace {

using Json = nlohmann::json;

TEST(PresetSchema, TheCopyInDocsIsEqual) {
  EXPECT_EQ(test::read_bytes(test::source_path("docs/preset.schema.json")), preset_schema())
      << "write it anew: scripts/update-docs";
}

TEST(PresetSchema, AcceptsWhatIsWritten) {
  const test::JsonSchema schema(Json::parse(preset_schema()));
  test::RandomPreset random(3);
  for (int i = 0; i < 50; ++i) {
    const std::string text = format_preset(random.next());
    EXPECT_TRUE(schema.accepts(Json::parse(text))) << text;
  }
}

// Replaces one value, or adds one key, somewhere under "chain".
Json with_one_change(const Json& document, std::mt19937& random) {
  const Json flat = document.flatten();
  std::vector<std::string> pointers;
  for (const auto& [pointer, value] : flat.items()) {
    if (pointer.starts_with("/chain/")) pointers.push_back(pointer);
  }
  const Json::json_pointer at(pointers[random() % pointers.size()]);
  Json changed = document;
  switch (random() % 6) {
    case 0:
      changed[at] = 1e5;
      break;
    case 1:
      changed[at] = "peak";
      break;
    case 2:
      changed[at] = true;
      break;
    case 3:
      changed[at] = nullptr;
      break;
    case 4:
      changed[at] = 11.5;
      break;
    default:
      if (changed[at.parent_pointer()].is_object()) changed[at.parent_pointer()]["colour"] = 1;
  }
  return changed;
}

TEST(PresetSchema, AgreesWithTheReaderAboutDamagedPresets) {
  const test::JsonSchema schema(Json::parse(preset_schema()));
  test::RandomPreset presets(5);
  std::mt19937 random(5);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    const Json document = Json::parse(format_preset(presets.next()));
    if (document["chain"].empty()) continue;
    const Json changed = with_one_change(document, random);
    const bool reads = parse_preset(changed.dump(), "changed").has_value();
    (reads ? accepted : refused)++;
    ASSERT_EQ(schema.accepts(changed), reads) << changed.dump();
  }
  EXPECT_GT(accepted, 20);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace aapp::preset

#include "analyze/inspect/inspection_json.h"

#include <gtest/gtest.h>

#include "tests/analyze/inspect/awkward_files.h"
#include "tests/support/json_schema.h"

namespace aapp::inspect {
namespace {

using Json = nlohmann::json;

TEST(InspectionJson, FollowsItsSchemaForEveryAwkwardFile) {
  const test::JsonSchema schema = test::schema_of_docs("inspect.schema.json");
  const test::TempDir folder;
  std::vector<Inspection> inspections;
  // Every third: each kind of finding is written by the same lines.
  const std::vector<AwkwardFile> files = awkward_files();
  for (std::size_t i = 0; i < files.size(); i += 3) {
    const std::string path = folder.file(files[i].name);
    files[i].write(path);
    std::optional<io::RawSpec> raw;
    if (!files[i].raw.empty()) raw = *io::parse_raw_spec(files[i].raw);
    auto inspection = inspect_file(path, raw);
    ASSERT_TRUE(inspection) << inspection.error().message;
    inspections.push_back(*std::move(inspection));
  }
  const std::vector<Uninspected> failed{{"gone.wav", "gone.wav: no such file"}};
  const Json document = Json::parse(inspections_json(inspections, failed));
  EXPECT_TRUE(schema.accepts(document));
  EXPECT_EQ(document["files"].size(), inspections.size());
  Json spoilt = document;
  spoilt["files"][0]["findings"][0]["kind"] = "haunted";
  EXPECT_FALSE(schema.accepts(spoilt));
}

TEST(InspectionJson, GuessesFollowItToo) {
  const test::JsonSchema schema = test::schema_of_docs("inspect.schema.json");
  const test::TempDir folder;
  const std::string path = folder.file("sound.raw");
  test::write_bytes(path, bytes_of(tune(1, 2.0), {.encoding = audio::PcmEncoding::s16}));
  const std::vector<RawGuess> guesses{*guess_raw(path)};
  EXPECT_TRUE(schema.accepts(Json::parse(guesses_json(guesses, {}))));
}

}  // namespace
}  // namespace aapp::inspect

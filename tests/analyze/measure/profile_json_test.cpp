#include "analyze/measure/profile_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyze/measure/third_octave.h"
#include "tests/support/json_schema.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

using Json = nlohmann::json;

std::vector<TrackProfile> awkward_profiles() {
  return {measure_audio(test::noise(2, 48000), 48000, TruePeak::measure),
          measure_audio(test::noise(6, 48000), 44100),
          measure_audio(test::noise(1, 200000), 8000),
          measure_audio(audio::AudioBuffer(2, 48000), 48000, TruePeak::measure),
          measure_audio(audio::AudioBuffer(1, 0), 48000),
          measure_audio(test::impulse(1, 1), 48000),
          measure_audio(test::noise(1, 100), 192000)};
}

TEST(ProfileJson, FollowsItsSchemaForEverySortOfRecording) {
  const test::JsonSchema schema = test::schema_of_docs("measure.schema.json");
  const std::vector<TrackProfile> profiles = awkward_profiles();
  const std::vector<Unmeasured> errors{{"gone.wav", "gone.wav: no such file"}};
  EXPECT_TRUE(schema.accepts(Json::parse(profiles_json(profiles, errors))));
  for (const TrackProfile& profile : profiles) {
    EXPECT_TRUE(schema.accepts(Json::parse(profiles_json(std::span(&profile, 1), {}))));
  }
}

TEST(ProfileJson, SchemaRefusesWhatIsMissingOrMistyped) {
  const test::JsonSchema schema = test::schema_of_docs("measure.schema.json");
  const TrackProfile profile = measure_audio(test::noise(2, 48000), 48000);
  const Json good = Json::parse(profiles_json(std::span(&profile, 1), {}));
  for (const char* pointer : {"/recordings/0/level/peak_db", "/recordings/0/spectrum/third_octaves/mean_db",
                              "/recordings/0/loudness", "/recordings/0/slopes/rising/3", "/errors"}) {
    Json bad = good;
    bad[Json::json_pointer(pointer)] = "loud";
    EXPECT_FALSE(schema.accepts(bad)) << pointer;
  }
}

TEST(ProfileJson, HoldsWhatWasMeasured) {
  const TrackProfile profile = measure_audio(test::sine(1, 96000, 1000.0, 48000, 0.5), 48000);
  const Json json = Json::parse(profiles_json(std::span(&profile, 1), {}))["recordings"][0];
  EXPECT_NEAR(json["level"]["rms_db"].get<double>(), -9.0309, 1e-3);
  EXPECT_NEAR(json["spectrum"]["third_octaves"]["mean_db"][16].get<double>(), -9.03, 0.01);
  EXPECT_TRUE(json["level"]["true_peak_db"].is_null());
  EXPECT_TRUE(json["loudness"]["range_lu"].is_null());  // two seconds are too short
  EXPECT_EQ(json["spectrum"]["density"]["mean_db_per_hz"].size(), 4097U);
}

TEST(ProfileJson, NamesThatAreNotUtf8StillGiveValidJson) {
  TrackProfile profile = measure_audio(test::noise(1, 1000), 48000);
  profile.name = "caf\xe9.wav";
  EXPECT_FALSE(Json::parse(profiles_json(std::span(&profile, 1), {}), nullptr, false).is_discarded());
}

TEST(ComparisonJson, FollowsItsSchemaAlignedOrNot) {
  const test::JsonSchema schema = test::schema_of_docs("compare.schema.json");
  const audio::AudioBuffer samples = test::noise(2, 48000);
  Comparison comparison{.reference = measure_audio(samples, 48000),
                        .recording = measure_audio(samples, 48000)};
  comparison.distance = profile_distance(comparison.reference, comparison.recording);
  comparison.unaligned_reason = "one of them is silent";
  EXPECT_TRUE(schema.accepts(Json::parse(comparison_json(comparison))));
  comparison.aligned = aligned_distance(samples, samples, 48000);
  EXPECT_TRUE(schema.accepts(Json::parse(comparison_json(comparison))));
  EXPECT_TRUE(schema.accepts(Json::parse(comparison_json(Comparison{}))));
}

}  // namespace
}  // namespace aapp::measure

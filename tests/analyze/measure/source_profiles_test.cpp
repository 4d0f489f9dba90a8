#include "analyze/measure/source_profiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "analyze/measure/distance.h"
#include "common/base/units.h"
#include "tests/support/corpus.h"
#include "tests/support/signals.h"

namespace aapp::measure {
namespace {

TEST(SourceProfiles, AreTheDocumentedSeven) {
  std::string names;
  for (const SourceProfile& profile : source_profiles()) names += std::string(profile.name) + " ";
  EXPECT_EQ(names, "speech vocal beatbox instrument mix flat pink ");
}

TEST(SourceProfiles, AreFoundByNameAndUnknownOnesGetAHint) {
  EXPECT_EQ((*find_source_profile("vocal"))->name, "vocal");
  const auto missing = find_source_profile("vocals");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::usage);
  EXPECT_EQ(missing.error().message,
            "no source profile \"vocals\"; there are speech, vocal, beatbox, instrument, mix, flat, pink; "
            "did you mean "
            "\"vocal\"?");
}

TEST(SourceProfiles, SpectraSumToTheWholeAndLevelsRise) {
  for (const SourceProfile& profile : source_profiles()) {
    double whole = 0.0;
    for (const double level_db : profile.third_octaves_db) whole += db_to_power(level_db);
    EXPECT_NEAR(power_to_db(whole), 0.0, 0.02) << profile.name;
    for (const auto& levels : profile.levels_db) EXPECT_TRUE(std::ranges::is_sorted(levels)) << profile.name;
  }
}

TEST(SourceProfiles, AsTracksHaveTheBandsAndLevelsOfTheTable) {
  for (const SourceProfile& profile : source_profiles()) {
    const TrackProfile track = to_track_profile(profile);
    EXPECT_NEAR(track.envelope.rms_db(), profile.rms_db, 1e-9);
    EXPECT_NEAR(track.envelope.crest_db(), profile.crest_db, 1e-9);
    for (std::size_t i = kDistanceFirst; i < kDistanceFirst + kDistanceCount; ++i) {
      const double level_db = band_level_db(track.ltas.mean.third_octaves[i].power) - profile.rms_db;
      EXPECT_NEAR(level_db, profile.third_octaves_db[i], 0.2) << profile.name << " band " << i;
    }
  }
}

TEST(SourceProfiles, FlatIsLikeWhiteNoiseAndPinkIsNot) {
  const TrackProfile noise = measure_audio(test::noise(1, 480000), 48000);
  const TrackProfile flat = to_track_profile(**find_source_profile("flat"));
  const TrackProfile pink = to_track_profile(**find_source_profile("pink"));
  EXPECT_LT(profile_distance(noise, flat).ltas_rms_db.value(), 0.3);
  EXPECT_LT(profile_distance(noise, flat).level_distribution_db.value(), 0.2);
  // A ramp of a decibel per band over 26 bands: standard deviation of 0 .. 25 dB.
  EXPECT_NEAR(profile_distance(noise, pink).ltas_rms_db.value(), std::sqrt((26.0 * 26.0 - 1.0) / 12.0), 0.3);
}

TEST(Likeness, DoesNotDependOnLevel) {
  audio::AudioBuffer samples = test::noise(2, 480000);
  const auto loud = likeness(measure_audio(samples, 48000));
  for (int c = 0; c < 2; ++c) {
    for (float& sample : samples.channel(c)) sample *= 0.125F;
  }
  const auto soft = likeness(measure_audio(samples, 48000));
  ASSERT_EQ(loud.size(), 5U);
  for (std::size_t i = 0; i < loud.size(); ++i) {
    EXPECT_EQ(loud[i].profile, soft[i].profile);
    EXPECT_NEAR(loud[i].distance, soft[i].distance, 1e-3);
  }
}

TEST(Likeness, IsEmptyForSilenceAndForAlmostNothing) {
  EXPECT_TRUE(likeness(measure_audio(audio::AudioBuffer(1, 48000), 48000)).empty());
  EXPECT_TRUE(likeness(measure_audio(test::noise(1, 3), 48000)).empty());
}

TEST(Likeness, OfASourceProfileIsItself) {
  for (const SourceProfile& profile : source_profiles()) {
    if (profile.recordings == 0) continue;
    EXPECT_EQ(likeness(to_track_profile(profile)).front().profile, profile.name);
  }
}

// The corpus tells the kind by the first word of a file's name.
std::string_view kind_of(const std::string& file) {
  static const std::map<std::string, std::string_view> kinds{
      {"speech", "speech"},    {"vocal", "vocal"},     {"drums", "beatbox"},
      {"perc", "beatbox"},     {"bass", "instrument"}, {"guitar", "instrument"},
      {"horns", "instrument"}, {"sax", "instrument"},  {"mix", "mix"}};
  const std::string name = std::filesystem::path(file).filename().string();
  const auto kind = kinds.find(name.substr(0, name.find('_')));
  return kind == kinds.end() ? std::string_view() : kind->second;
}

TEST(Likeness, NamesTheKindOfMostRecordings) {
  AAPP_REQUIRE_CORPUS();
  int right = 0;
  int total = 0;
  for (const std::string& file : test::corpus_files()) {
    const auto profile = measure_file(file);
    ASSERT_TRUE(profile);
    if (kind_of(file).empty()) continue;
    const std::vector<Likeness> kinds = likeness(*profile);
    ++total;
    if (kinds.front().profile == kind_of(file)) {
      ++right;
    } else {
      std::printf("%s taken for %s\n", file.c_str(), std::string(kinds.front().profile).c_str());
    }
  }
  std::printf("%d of %d right\n", right, total);
  EXPECT_GE(right, total * 9 / 10);
}

}  // namespace
}  // namespace aapp::measure

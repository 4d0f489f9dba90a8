// On real recordings: nothing is invented. What is found in some of them is there: each was confirmed by
// looking at the samples and the spectrum with other tools.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "analyze/inspect/inspect.h"
#include "tests/support/corpus.h"

namespace aapp::inspect {
namespace {

using Names = std::set<std::string>;

const std::map<std::string, Names> kTrueFaults{
    {"horns_stem_float_overs_44k.wav", {"over_full_scale"}},  // on purpose: 3 samples up to 1.1276
    {"mix_electronic_48k.flac", {"dc_offset"}},               // the mean is -0.27
    {"speech_noisy_mic_44k.flac", {"dc_offset"}},             // -0.052
    {"speech_words_home_mic_44k.flac", {"dc_offset"}},        // +0.012
    {"speech_female_48k.flac", {"band_limited"}},             // 16-bit rounding noise alone above 7.9 kHz
    {"speech_male_48k.flac", {"band_limited"}},               // likewise
    {"speech_words_opus_48k.flac", {"band_limited"}},         // Opus super-wideband: nothing above 12.5 kHz
};

TEST(Corpus, NoFaultIsInvented) {
  AAPP_REQUIRE_CORPUS();
  for (const std::string& file : test::corpus_files()) {
    const std::string name = std::filesystem::path(file).filename().string();
    const auto inspection = inspect_file(file, std::nullopt);
    ASSERT_TRUE(inspection) << inspection.error().message;
    Names found;
    for (const Finding& finding : inspection->findings) {
      if (finding.severity == Severity::fault) found.insert(std::string(finding_row(finding.kind).id));
    }
    const auto known = kTrueFaults.find(name);
    EXPECT_EQ(found, known == kTrueFaults.end() ? Names() : known->second) << name;
  }
}

}  // namespace
}  // namespace aapp::inspect

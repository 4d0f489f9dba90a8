// Every awkward file is recognised for what is wrong with it, and for nothing else.
#include "tests/analyze/inspect/awkward_files.h"

#include <gtest/gtest.h>

#include <set>

#include "analyze/inspect/inspect.h"

namespace aapp::inspect {
namespace {

std::set<std::string> fault_names(const Inspection& inspection) {
  std::set<std::string> names;
  for (const Finding& finding : inspection.findings) {
    if (finding.severity == Severity::fault) names.insert(std::string(finding_row(finding.kind).id));
  }
  return names;
}

std::string reasons(const Inspection& inspection) {
  std::string text;
  for (const Finding& finding : inspection.findings) text += finding.what + "; ";
  return text;
}

Result<Inspection> inspect_as(const std::string& path, const std::string& raw) {
  std::optional<io::RawSpec> spec;
  if (!raw.empty()) spec = *io::parse_raw_spec(raw);
  return inspect_file(path, spec);
}

class Awkward : public testing::TestWithParam<AwkwardFile> {};

TEST_P(Awkward, IsNamedAndNothingElseIs) {
  const test::TempDir folder;
  const std::string path = folder.file(GetParam().name);
  GetParam().write(path);
  const auto inspection = inspect_as(path, GetParam().raw);
  ASSERT_TRUE(inspection) << inspection.error().message;
  std::set<std::string> expected;
  for (const FindingKind kind : GetParam().faults) expected.insert(std::string(finding_row(kind).id));
  EXPECT_EQ(fault_names(*inspection), expected) << reasons(*inspection);
  for (const Finding& finding : inspection->findings) EXPECT_FALSE(finding.what.empty());
}

INSTANTIATE_TEST_SUITE_P(Files, Awkward, testing::ValuesIn(awkward_files()), [](const auto& test) {
  std::string name = test.param.name;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

// The same sound without the fault, in every width and number of channels, has none.
class Clean : public testing::TestWithParam<std::string> {};

TEST_P(Clean, HasNoFault) {
  const test::TempDir folder;
  for (const int channels : {1, 2, 3, 6}) {
    const std::string path = folder.file(std::to_string(channels) + ".wav");
    test::write_audio_file(path, tune(channels), kTuneRateHz, GetParam());
    const auto inspection = inspect_file(path, std::nullopt);
    ASSERT_TRUE(inspection) << inspection.error().message;
    EXPECT_EQ(fault_names(*inspection), std::set<std::string>())
        << channels << " channels: " << reasons(*inspection);
    EXPECT_EQ(inspection->frames, 4 * kTuneRateHz);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, Clean,
                         testing::Values("pcm_u8", "pcm_16", "pcm_24", "pcm_32", "float", "double"),
                         [](const auto& test) { return test.param; });

TEST(AwkwardFiles, AreAtLeastForty) {
  EXPECT_GE(awkward_files().size(), 40U);
}

}  // namespace
}  // namespace aapp::inspect

#include "play/batch/batch_plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/temp_dir.h"

namespace aapp::play {
namespace {

using test::TempDir;

// A plan needs names only: the files may be empty.
void touch(const TempDir& dir, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    std::filesystem::create_directories(std::filesystem::path(dir.file(name)).parent_path());
    test::write_bytes(dir.file(name), "");
  }
}

// "a.wav>out/a.wav" for each job, without the temporary folder.
std::vector<std::string> jobs_of(const Result<BatchPlan>& plan, const TempDir& dir) {
  std::vector<std::string> texts;
  if (!plan) return {plan.error().message};
  const auto inside = [&](const std::string& path) {
    return std::filesystem::path(path).lexically_relative(dir.path()).string();
  };
  for (const Job& job : plan->jobs) texts.push_back(inside(job.input) + ">" + inside(job.output));
  return texts;
}

using Jobs = std::vector<std::string>;

TEST(BatchPlan, OneFileBecomesTheNamedFile) {
  const TempDir dir;
  touch(dir, {"a.wav"});
  EXPECT_EQ(jobs_of(make_plan({.inputs = {dir.file("a.wav")}, .output = dir.file("b.flac")}), dir),
            Jobs{"a.wav>b.flac"});
}

TEST(BatchPlan, OneFileGoesIntoAFolderThatExistsOrEndsInASlash) {
  const TempDir dir;
  touch(dir, {"a.wav", "there/x.txt"});
  EXPECT_EQ(jobs_of(make_plan({.inputs = {dir.file("a.wav")}, .output = dir.file("there")}), dir),
            Jobs{"a.wav>there/a.wav"});
  EXPECT_EQ(jobs_of(make_plan({.inputs = {dir.file("a.wav")}, .output = dir.file("new/")}), dir),
            Jobs{"a.wav>new/a.wav"});
}

TEST(BatchPlan, FoldersAreMirroredSortedAndWithoutWhatIsNoAudio) {
  const TempDir dir;
  touch(dir,
        {"in/b.wav", "in/a/deep/c.flac", "in/a/d.OGG", "in/notes.txt", "in/.hidden.wav", "in/.git/e.wav"});
  const auto plan = make_plan({.inputs = {dir.file("in")}, .output = dir.file("out")});
  EXPECT_EQ(jobs_of(plan, dir),
            (Jobs{"in/a/d.OGG>out/a/d.OGG", "in/a/deep/c.flac>out/a/deep/c.flac", "in/b.wav>out/b.wav"}));
  EXPECT_EQ(plan->skipped, 1U);
}

TEST(BatchPlan, TheFormatReplacesExtensions) {
  const TempDir dir;
  touch(dir, {"in/b.wav", "in/a/c.flac"});
  EXPECT_EQ(
      jobs_of(make_plan({.inputs = {dir.file("in")}, .output = dir.file("out"), .container = "opus"}), dir),
      (Jobs{"in/a/c.flac>out/a/c.opus", "in/b.wav>out/b.opus"}));
}

TEST(BatchPlan, PatternsThatNoShellExpandedAreExpanded) {
  const TempDir dir;
  touch(dir, {"take1.wav", "take2.wav", "other.wav"});
  EXPECT_EQ(jobs_of(make_plan({.inputs = {dir.file("take?.wav")}, .output = dir.file("out")}), dir),
            (Jobs{"take1.wav>out/take1.wav", "take2.wav>out/take2.wav"}));
  const auto none = make_plan({.inputs = {dir.file("no*.wav")}, .output = dir.file("out")});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::unreadable);
}

TEST(BatchPlan, AFileNamedTwiceIsDoneOnce) {
  const TempDir dir;
  touch(dir, {"a.wav", "b.wav"});
  EXPECT_EQ(
      jobs_of(make_plan({.inputs = {dir.file("*.wav"), dir.file("a.wav")}, .output = dir.file("out")}), dir),
      (Jobs{"a.wav>out/a.wav", "b.wav>out/b.wav"}));
}

TEST(BatchPlan, AnOutputFolderInsideTheInputIsNoInput) {
  const TempDir dir;
  touch(dir, {"in/a.wav", "in/out/a.wav"});
  EXPECT_EQ(jobs_of(make_plan({.inputs = {dir.file("in")},
                               .output = dir.file("in/out"),
                               .overwrite = Overwrite::replace}),
                    dir),
            Jobs{"in/a.wav>in/out/a.wav"});
}

struct Refused {
  ErrorCode code;
  std::string says;
};

void expect_refused(const PlanOptions& options, const Refused& expected) {
  const auto plan = make_plan(options);
  ASSERT_FALSE(plan) << expected.says;
  EXPECT_EQ(plan.error().code, expected.code);
  EXPECT_NE(plan.error().message.find(expected.says), std::string::npos) << plan.error().message;
}

TEST(BatchPlan, AnOutputThatIsAnInputIsRefusedHoweverItIsSpelt) {
  const TempDir dir;
  touch(dir, {"a.wav", "sub/x.txt"});
  std::filesystem::create_symlink("a.wav", dir.file("link.wav"));
  for (const char* output : {"a.wav", "sub/../a.wav", "link.wav"}) {
    expect_refused(
        {.inputs = {dir.file("a.wav")}, .output = dir.file(output), .overwrite = Overwrite::replace},
        {ErrorCode::usage, "is an input and would be replaced by its own result"});
  }
  expect_refused(
      {.inputs = {dir.path().string()}, .output = dir.path().string(), .overwrite = Overwrite::replace},
      {ErrorCode::usage, "a.wav: is an input and would be replaced"});
}

TEST(BatchPlan, AnOutputThatIsAnotherInputIsRefused) {
  const TempDir dir;
  touch(dir, {"in/a.wav", "out/a.wav"});
  expect_refused({.inputs = {dir.file("in/a.wav"), dir.file("out/a.wav")},
                  .output = dir.file("out"),
                  .overwrite = Overwrite::replace},
                 {ErrorCode::usage, "is an input"});
}

TEST(BatchPlan, TwoInputsWithOneOutputAreRefused) {
  const TempDir dir;
  touch(dir, {"x/a.wav", "y/a.wav", "z/b.wav", "z/b.flac"});
  expect_refused({.inputs = {dir.file("x"), dir.file("y")}, .output = dir.file("out")},
                 {ErrorCode::usage, "would be written there; rename one"});
  expect_refused({.inputs = {dir.file("z")}, .output = dir.file("out"), .container = "wav"},
                 {ErrorCode::usage, "would be written there"});
}

TEST(BatchPlan, ExistingOutputsAreRefusedWithoutForceBeforeAnythingIsDone) {
  const TempDir dir;
  touch(dir, {"in/a.wav", "in/b.wav", "out/b.wav"});
  const PlanOptions options{.inputs = {dir.file("in")}, .output = dir.file("out")};
  expect_refused(options, {ErrorCode::failed, "out/b.wav: exists already; use --force to replace it"});
  PlanOptions forced = options;
  forced.overwrite = Overwrite::replace;
  EXPECT_TRUE(make_plan(forced));
}

TEST(BatchPlan, WhatMakesNoSenseIsRefused) {
  const TempDir dir;
  touch(dir, {"a.wav", "b.wav", "empty/x.txt"});
  expect_refused({.inputs = {dir.file("c.wav")}, .output = "o.wav"},
                 {ErrorCode::unreadable, "cannot be opened"});
  expect_refused({.inputs = {dir.file("empty")}, .output = "o"}, {ErrorCode::unreadable, "holds no file"});
  expect_refused({.inputs = {dir.file("a.wav"), dir.file("b.wav")}, .output = dir.file("b.wav")},
                 {ErrorCode::usage, "is a file, but 2 inputs need a folder"});
  expect_refused({.inputs = {dir.file("a.wav"), dir.file("b.wav")}, .output = "-"},
                 {ErrorCode::usage, "standard output takes one file"});
  expect_refused({.inputs = {dir.file("a.wav")}, .output = dir.file("o.wav"), .container = "flac"},
                 {ErrorCode::usage, "--format is flac, but the extension says wav"});
  expect_refused({.inputs = {dir.file("a.wav")}, .output = dir.file("no/o.wav")},
                 {ErrorCode::failed, "does not exist; create it first"});
  expect_refused({.inputs = {dir.file("a.wav")}, .output = "/dev/null", .overwrite = Overwrite::replace},
                 {ErrorCode::failed, "is not a regular file"});
}

}  // namespace
}  // namespace aapp::play

#include "common/base/atomic_file.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

using test::read_bytes;
using test::TempDir;
using test::write_bytes;
using Names = std::vector<std::string>;

TEST(AtomicFile, ShowsNothingUnderItsNameBeforeCommit) {
  const TempDir dir;
  auto file = AtomicFile::create(dir.file("out.txt"), Overwrite::refuse);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello"));
  EXPECT_FALSE(std::filesystem::exists(dir.file("out.txt")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "hello");
  EXPECT_EQ(dir.listing(), Names{"out.txt"});
}

TEST(AtomicFile, LeavesNothingWhenDroppedWithoutCommit) {
  const TempDir dir;
  { ASSERT_TRUE(AtomicFile::create(dir.file("out.txt"), Overwrite::refuse)); }
  EXPECT_EQ(dir.listing(), Names{});
}

TEST(AtomicFile, KeepsTheOldFileUntilTheNewOneIsWhole) {
  const TempDir dir;
  write_bytes(dir.file("out.txt"), "old");
  {
    auto file = AtomicFile::create(dir.file("out.txt"), Overwrite::replace);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("half"));
  }
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "old");
  ASSERT_TRUE(write_file(dir.file("out.txt"), "new", Overwrite::replace));
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "new");
}

TEST(AtomicFile, RefusesAnExistingTargetAndNamesTheRemedy) {
  const TempDir dir;
  write_bytes(dir.file("out.txt"), "old");
  const auto refused = write_file(dir.file("out.txt"), "new", Overwrite::refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, dir.file("out.txt") + ": exists already; use --force to replace it");
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "old");
}

TEST(AtomicFile, RefusesATargetThatAppearedWhileItWasWriting) {
  const TempDir dir;
  auto file = AtomicFile::create(dir.file("out.txt"), Overwrite::refuse);
  ASSERT_TRUE(file);
  write_bytes(dir.file("out.txt"), "somebody else's");
  EXPECT_FALSE(file->commit());
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "somebody else's");
}

TEST(AtomicFile, KeepsTwoWritersOfOneTargetApart) {
  const TempDir dir;
  auto first = AtomicFile::create(dir.file("out.txt"), Overwrite::replace);
  auto second = AtomicFile::create(dir.file("out.txt"), Overwrite::replace);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->write("first") && second->write("second"));
  ASSERT_TRUE(first->commit() && second->commit());
  EXPECT_EQ(read_bytes(dir.file("out.txt")), "second");
  EXPECT_EQ(dir.listing(), Names{"out.txt"});
}

TEST(AtomicFile, WritesThroughASymbolicLink) {
  const TempDir dir;
  write_bytes(dir.file("real.txt"), "old");
  std::filesystem::create_symlink("real.txt", dir.file("link.txt"));
  ASSERT_TRUE(write_file(dir.file("link.txt"), "new", Overwrite::replace));
  EXPECT_TRUE(std::filesystem::is_symlink(dir.file("link.txt")));
  EXPECT_EQ(read_bytes(dir.file("real.txt")), "new");
}

TEST(AtomicFile, NeverReplacesAFolderOrADevice) {
  const TempDir dir;
  EXPECT_FALSE(check_target(dir.path().string(), Overwrite::replace));
  EXPECT_FALSE(check_target("/dev/null", Overwrite::replace));
  EXPECT_FALSE(check_target(dir.file("absent/out.txt"), Overwrite::replace));
  EXPECT_TRUE(check_target(dir.file("out.txt"), Overwrite::refuse));
}

}  // namespace
}  // namespace aapp

#include "common/rt/stay_awake.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace aapp::rt {
namespace {

TEST(StayAwake, WritesTheLongestWakeUpAsTheKernelReadsIt) {
  const test::TempDir folder;
  test::write_bytes(folder.file("latency"), "");
  const Result<StayAwake> awake = StayAwake::hold(folder.file("latency"), 2);
  ASSERT_TRUE(awake) << awake.error().message;
  const std::string bytes = test::read_bytes(folder.file("latency"));
  std::int32_t wish_us = -1;
  ASSERT_EQ(bytes.size(), sizeof wish_us);
  std::memcpy(&wish_us, bytes.data(), sizeof wish_us);
  EXPECT_EQ(wish_us, 2);
}

TEST(StayAwake, SaysWhatIsMissingAndTheRemedy) {
  const test::TempDir folder;
  const Result<StayAwake> awake = StayAwake::hold(folder.file("none"), 2);
  ASSERT_FALSE(awake);
  EXPECT_NE(awake.error().message.find(folder.file("none") + ": No such file or directory"),
            std::string::npos);
  EXPECT_NE(awake.error().message.find("udev rule"), std::string::npos);
}

// What the kernel says the longest wake-up may be now, in us; -1 where it tells nobody.
std::int32_t granted_us() {
  std::ifstream file("/dev/cpu_dma_latency", std::ios::binary);
  std::int32_t now_us = -1;
  file.read(reinterpret_cast<char*>(&now_us), sizeof now_us);
  return file ? now_us : -1;
}

// The kernel forgets the wish when the file is closed; other programs may have wishes of their own meanwhile.
bool holds_the_file() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry, gone) == "/dev/cpu_dma_latency") return true;
  }
  return false;
}

TEST(StayAwake, HoldsTheWholeMachineUntilItIsDestroyed) {
  EXPECT_FALSE(holds_the_file());
  {
    Result<StayAwake> awake = StayAwake::hold();
    if (!awake || granted_us() < 0) GTEST_SKIP() << "not permitted here";
    const StayAwake moved = std::move(*awake);
    EXPECT_LE(granted_us(), 2);
    EXPECT_TRUE(holds_the_file());
  }
  EXPECT_FALSE(holds_the_file());
}

}  // namespace
}  // namespace aapp::rt

#include "common/rt/stay_awake.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
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

TEST(StayAwake, HoldsTheWholeMachineUntilItIsDestroyed) {
  const std::int32_t before_us = granted_us();
  {
    Result<StayAwake> awake = StayAwake::hold();
    if (!awake || before_us < 0) GTEST_SKIP() << "not permitted here";
    const StayAwake moved = std::move(*awake);
    EXPECT_GE(granted_us(), 0);
    EXPECT_LE(granted_us(), 2);
  }
  EXPECT_EQ(granted_us(), before_us);
}

}  // namespace
}  // namespace aapp::rt

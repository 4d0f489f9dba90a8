#include "common/rt/stay_awake.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <utility>

namespace aapp::rt {
namespace {

// Lets real processors halt (C1: 1 or 2 us), which keeps their caches and the room quiet, and nothing deeper.
// A virtual one that halts gives its processor away to others; only polling keeps it.
int longest_wakeup_us() {
  constexpr int kHalt = 2, kNoSleep = 0;
  std::ifstream file("/sys/devices/system/cpu/cpuidle/current_driver");
  std::string driver;
  file >> driver;
  return driver == "haltpoll" ? kNoSleep : kHalt;
}

}  // namespace

Result<StayAwake> StayAwake::hold() {
  return hold("/dev/cpu_dma_latency", longest_wakeup_us());
}

Result<StayAwake> StayAwake::hold(const std::string& path, int longest_wakeup_us) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    return fail(
        ErrorCode::failed,
        "processors may sleep deeply between periods, which makes the sound's work slower and less even: {}: "
        "{}; give your group write access to it by a udev rule",
        path, std::strerror(errno));
  }
  StayAwake awake(file);
  const auto wish_us = static_cast<std::int32_t>(longest_wakeup_us);
  if (::write(file, &wish_us, sizeof wish_us) == sizeof wish_us) return awake;
  return fail(ErrorCode::failed, "processors may sleep deeply between periods: {}: {}", path,
              std::strerror(errno));
}

StayAwake::StayAwake(StayAwake&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

StayAwake& StayAwake::operator=(StayAwake&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

StayAwake::~StayAwake() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace aapp::rt

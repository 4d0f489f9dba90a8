// Keeps the processors out of deep sleep while sound plays. One that sleeps between two periods wakes up late
// and with cold caches: on the virtual machine where this was measured, callbacks took up to four times as
// long, and one in a thousand three times as long as with processors kept awake (docs/live.md).
//
// The wish counts for the whole machine and as long as the object lives, also if the process is killed: Linux
// forgets it when the file is closed (Documentation/power/pm_qos_interface.rst). Not for the audio thread.
#pragma once

#include <string>

#include "common/base/error.h"

namespace aapp::rt {

class StayAwake {
 public:
  // Fails where that is not permitted or not known to the system; the message says how it is allowed.
  static Result<StayAwake> hold();
  // The same with another file in the place of /dev/cpu_dma_latency.
  static Result<StayAwake> hold(const std::string& path, int longest_wakeup_us);

  StayAwake(StayAwake&& other) noexcept;
  StayAwake& operator=(StayAwake&& other) noexcept;
  ~StayAwake();

 private:
  explicit StayAwake(int file) : file_(file) {}

  int file_ = -1;
};

}  // namespace aapp::rt

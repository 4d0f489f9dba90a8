// When other threads of the program had best wake up: between two callbacks. A timer that fires on the
// processor that is in the callback delays it by some 20 us, and one that keeps step with the period meets it
// every time.
#pragma once

#include <cstdint>

namespace aapp::play {

// The first moment from `earliest_ns` on that lies three quarters into a period, where callbacks begin every
// period_ns, one of them at callback_ns: what runs in time has ended there, and what is woken has a quarter
// to itself. earliest_ns where there is no callback (callback_ns 0) or no period.
constexpr std::int64_t quiet_moment_ns(std::int64_t earliest_ns, std::int64_t callback_ns,
                                       std::int64_t period_ns) {
  if (callback_ns == 0 || period_ns <= 0) return earliest_ns;
  const std::int64_t quiet_ns = callback_ns + 3 * period_ns / 4;
  const std::int64_t into_ns = (earliest_ns - quiet_ns) % period_ns;
  return earliest_ns + (into_ns > 0 ? period_ns - into_ns : -into_ns);
}

}  // namespace aapp::play

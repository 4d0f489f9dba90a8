// What the machine takes from a thread at any time: the timer's interrupts and what is done in them.
#pragma once

namespace aapp::play {

inline constexpr double kWatchSeconds = 0.3;

// So many of them a second are as long as is told, or longer.
inline constexpr double kInterruptionsPerS = 100.0;

// Their length in us, by a thread of the rehearsal's priority that does nothing but look at the clock for
// kWatchSeconds; 0 where there are fewer. Not for the audio thread.
double watch_interruptions_us();

}  // namespace aapp::play

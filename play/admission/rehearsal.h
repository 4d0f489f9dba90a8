// A rehearsal: the engine with a preset, called once per period by a thread that sleeps in between, as a
// device would call it, over test_input.h. Nobody hears it. Back to back the same blocks would take about
// half the time: it is the sleep, in which others use the processor, that makes a callback dear.
//
// Its thread asks for real-time priority as an audio thread does, but for the lowest there is, so that a
// stream that runs meanwhile goes first. Takes about kRehearsalSeconds; not for the audio thread.
#pragma once

#include <vector>

#include "common/base/error.h"
#include "common/preset/preset.h"
#include "play/engine/callback_spec.h"

namespace aapp::play {

inline constexpr int kRehearsalPriority = 1;  // the lowest real-time one
inline constexpr double kRehearsalSeconds = 0.4;
inline constexpr int kFewestRehearsed = 16;  // periods, however long they are: once round the inputs

// How long each callback took in us, by the clock of the load meter. Fails as Chain::make does.
Result<std::vector<double>> rehearse(const Preset& preset, const CallbackSpec& callback);

}  // namespace aapp::play

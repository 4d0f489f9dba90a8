// What a live session tells: one kind and one sentence for each thing that happened.
#pragma once

#include <string>
#include <string_view>

#include "play/engine/overload_ladder.h"
#include "play/engine/stream_watch.h"

namespace aapp::play {

enum class EventKind {
  opened,           // audio runs; facts() are new
  waiting,          // no device; the text says why. Sent again only when the reason changes
  lost,             // the stream broke and is being reopened
  stalled,          // no audio for a while, the device is left alone (JACK recovers by itself)
  resumed,          // audio is back without a reopening
  period_changed,   // facts().period_frames is new
  preset_playing,   // another preset plays
  preset_rejected,  // a preset could not be played; the old one goes on
  learning,         // how far --learn is
  learned,          // another preset plays: the one that was learned
  saved,            // the preset that was learned is in a file
  recording,        // what became of the recording
  overload,         // effects are left out, or play again, because the processor is too slow
  howl,             // acoustic feedback builds up
  note,             // worth knowing: resampling, scheduling
};
std::string_view event_name(EventKind kind);

struct SessionEvent {
  EventKind kind = EventKind::note;
  std::string text;  // one sentence without a full stop
};

// Why a stream is given up, or waited for.
std::string health_sentence(StreamHealth health, std::string_view backend);
// The ladder went from one rung to another; left_out names the effect that Rung::lighter leaves out.
std::string overload_sentence(Rung before, Rung now, std::string_view left_out);

}  // namespace aapp::play

// What `aapp-play live` says: the stream it opened, levels, events and the closing figures, as text for
// people or as NDJSON (one JSON object a line, docs/live.md lists them). Formatting only; when to print is
// live_app.cpp's business.
#pragma once

#include <string>

#include "common/cli/common_options.h"
#include "play/engine/live_session.h"

namespace aapp::play {

// What is known at one look.
struct LiveStatus {
  EngineMeters before;  // an earlier look: levels are of the time in between
  EngineMeters now;
  LoadFigures load;
  SessionCounts counts;
};

// The stream as it was opened: device, rate, period, channels, and what latency is added, stated and unknown.
std::string stream_text(const LiveSession& session);
std::string stream_json(const LiveSession& session);

// One line of levels: "in -18.2 dB (peak -6.0) | out ... | gain -3.1 dB | load 4 % | xruns 0".
std::string status_text(const LiveStatus& status);
std::string status_json(const LiveStatus& status);

std::string event_json(const SessionEvent& event);

// The closing figures.
std::string summary_text(const LiveStatus& status);
std::string summary_json(const LiveStatus& status);

}  // namespace aapp::play

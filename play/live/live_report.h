// What `aapp-play live` says: the stream it opened, levels, events and the closing figures, as text for
// people or as NDJSON (one JSON object a line, docs/live.md lists them). Formatting only; when to print is
// live_app.cpp's business.
#pragma once

#include <string>

#include "common/cli/common_options.h"
#include "play/engine/live_session.h"
#include "play/live/live_spectrum.h"

namespace aapp::play {

// What is known at one look.
struct LiveStatus {
  EngineMeters before;  // an earlier look: levels are of the time in between
  EngineMeters now;
  LoadFigures load;
  LoadFigures cpu;
  SessionCounts counts;
  int period_frames = 0;
  int advised_period_frames = 0;  // 0 unknown
  Rung rung = Rung::full;
  bool bypassed = false, muted = false;
  BandLevels spectrum_in{}, spectrum_out{}, reference{};
};

// What silence is shown as.
inline constexpr double kSilentDb = -120.0;
double level_db(double gain);

// "predicted: one period in a thousand takes over 21 us of 1333 us"; "" where nothing was predicted.
std::string prediction_text(const LiveSession& session);
// What plays, in one line.
std::string headline_text(const LiveSession& session);
// The stream as it was opened: device, rate, period, channels, and what latency is added, stated and unknown.
std::string stream_text(const LiveSession& session);
std::string stream_json(const LiveSession& session);

// One line of levels: "in -18.2 dB (peak -6.0) | out ... | gain -3.1 dB | load 4 % | xruns 0".
std::string status_text(const LiveStatus& status);
// "load mean 4 %, p99.9 9 %, max 12 % | cpu 3 %" and "no interruptions" or how many, why, and what would
// help.
std::string load_text(const LiveStatus& status);
std::string xrun_text(const LiveStatus& status);
std::string status_json(const LiveStatus& status);

std::string event_json(const SessionEvent& event);

// The closing figures.
std::string summary_text(const LiveStatus& status);
std::string summary_json(const LiveStatus& status);

}  // namespace aapp::play

// Live monitoring that lasts: a device, the engine it runs and the preset that plays, kept going. It opens,
// watches and reopens (stream_watch.h), follows changes of rate and block size, swaps presets without a
// click, and tells what happened as events. No terminal, no command line: live_app.cpp has those.
//
// One control thread makes all calls and calls tick() every 10 to 50 ms.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/preset/preset.h"
#include "common/rt/rt_thread.h"
#include "play/engine/detached_task.h"
#include "play/engine/engine.h"
#include "play/engine/howl_detector.h"
#include "play/engine/open_stream.h"
#include "play/engine/preset_gate.h"
#include "play/engine/session_event.h"
#include "play/engine/stream_watch.h"
#include "play/engine/xrun_cause.h"

namespace aapp::play {

// Totals over all streams of the session.
struct SessionCounts {
  std::uint64_t callbacks = 0;
  std::uint64_t xruns = 0;
  std::uint64_t non_finite_in = 0;
  std::uint64_t runaways = 0;
  std::uint64_t reopened = 0;
  std::uint64_t howls = 0;  // warnings of acoustic feedback
  XrunCauses causes;        // of the xruns
};

class LiveSession {
 public:
  // Opens, starts and fades in. Fails when there is no device (unless it may wait), the wishes cannot be met
  // or the chain cannot be made.
  static Result<std::unique_ptr<LiveSession>> start(SessionOptions options, Preset preset);
  // Closes without a fade; stop() first.
  ~LiveSession();

  // Watches over the stream. Never blocks.
  void tick(std::int64_t now_ms);
  // When to call it next, by rt::monotonic_ns(): from earliest_ns on, between two callbacks (quiet_moment.h).
  std::int64_t next_tick_ns(std::int64_t earliest_ns) const;
  std::vector<SessionEvent> take_events() { return std::exchange(events_, {}); }

  // Plays another preset, click-free, once it is admitted. `told` hears what became of it, during this call
  // or a tick(), unless a later call takes its place before it is asked about (preset_gate.h); on an error
  // the old preset goes on.
  void play(Preset preset, PlayOutcome told);
  const Preset& preset() const { return preset_; }

  // The dry signal instead of the preset's, raised to the level that the preset gave it over the last
  // seconds, so that the ear compares sound and not loudness. Another preset ends it.
  void set_bypass(Bypass bypass);
  Bypass bypass() const { return bypass_; }
  // Silence until it is lifted, whatever happens: the panic key.
  void set_muted(bool muted);
  bool muted() const { return muted_; }

  // For those who act on the session: shows up among the events.
  void tell(EventKind kind, std::string text) { events_.push_back({kind, std::move(text)}); }

  bool running() const { return stream_ != nullptr; }
  // Of the stream that runs or ran last.
  const StreamFacts& facts() const { return facts_; }
  std::int64_t chain_latency_frames() const { return chain_latency_frames_; }
  std::optional<rt::Scheduling> scheduling() const;
  // What one callback in a thousand was predicted to exceed before the preset played; nothing without
  // admission.
  std::optional<double> predicted_p999_us() const { return predicted_p999_us_; }
  // As of the last tick; of the stream that runs or ran last.
  const EngineMeters& meters() const { return meters_; }
  LoadFigures load() const;
  // CPU time of the audio thread as a share of time, over stretches between two ticks: what load() would be
  // if the system never ran anything else in between.
  LoadFigures cpu_load() const;
  // What the period should be after all that was seen of this stream; 0 unknown (xrun_cause.h).
  int advised_period_frames() const;
  // What the ladder has done to the chain that plays.
  Rung rung() const { return rung_; }
  // Requires running().
  Engine& engine();
  SessionCounts counts() const;

  // Fades out and closes, within about 200 ms.
  void stop();

 private:
  // An open device and the engine it calls. A device that hangs in close keeps its engine, so that a new
  // stream can start beside it.
  struct Stream {
    std::unique_ptr<Engine> engine;
    std::unique_ptr<AudioDevice> device;  // destroyed, hence closed, before the engine
    HowlDetector howl{48000};
    XrunClassifier xruns;
    LoadMeter cpu_load;
  };

  LiveSession(SessionOptions options, Preset preset);
  Result<void> adopt(AdmittedStream opened);
  void after_fault(StreamHealth health);
  void try_reopen(std::int64_t now_ms);
  void follow_period(const DeviceStatus& status);
  void announce_scheduling();
  void abandon_stream();
  void keep_counts();
  CallbackSpec callback_spec() const;  // requires a stream
  void poll_gate();
  Result<void> swap_to(Preset preset, std::optional<double> predicted_us);
  void take_meters(std::int64_t now_ms);
  void watch_load(const DeviceStatus& status, std::int64_t now_ms);
  bool swapping(std::int64_t now_ms);
  void tell_overload(const EngineCounts& counts);
  void listen(Stream& stream, const audio::StreamSpec& spec, const TappedBlock& piece);
  double preset_gain_db() const;

  SessionOptions options_;
  Preset preset_;
  PresetGate gate_;
  StreamFacts facts_;
  std::int64_t chain_latency_frames_ = 0;
  std::optional<double> predicted_p999_us_;

  std::unique_ptr<Stream> stream_;
  std::optional<StreamWatch> watch_;
  bool stalled_ = false;
  bool scheduling_told_ = false;

  EngineMeters meters_;
  EngineMeters meters_before_;  // some seconds older, of the same stream and preset
  std::int64_t meters_before_ms_ = 0;
  LoadFigures load_, cpu_load_;
  std::int64_t cpu_seen_ns_ = 0, cpu_seen_at_ns_ = 0;
  bool swapped_ = false;                    // since the last look at the load
  std::optional<std::int64_t> swapped_ms_;  // the look that followed the latest swap
  Rung rung_ = Rung::full;
  Bypass bypass_ = Bypass::off;
  bool muted_ = false;

  std::optional<DetachedTask<Result<AdmittedStream>>> opening_;
  Backoff backoff_;
  std::int64_t next_try_ms_ = 0;
  std::string last_refusal_;

  SessionCounts past_;  // of streams that ended
  std::vector<SessionEvent> events_;
};

}  // namespace aapp::play

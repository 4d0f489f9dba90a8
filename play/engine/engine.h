// The live engine: what happens to audio between the device's input and its output. In order:
//   device input -> channel map -> non-finite samples to 0 -> input meter -> chain (swapped click-free) ->
//   runaway guard -> main fader -> safety clip at 0 dBFS -> output meter -> device output
// It knows neither devices nor presets: a device calls process(), the control thread gives it chains.
//
// process() runs on the audio thread and keeps its rules: no allocation, lock, log, throw or system call. All
// other calls belong to one control thread.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "common/chain/chain.h"
#include "common/rt/latest.h"
#include "common/rt/rt_thread.h"
#include "common/rt/spsc_queue.h"
#include "play/engine/chain_player.h"
#include "play/engine/channel_map.h"
#include "play/engine/fader.h"
#include "play/engine/input_history.h"
#include "play/engine/level_meter.h"
#include "play/engine/load_meter.h"
#include "play/engine/overload_ladder.h"
#include "play/engine/signal_tap.h"

namespace aapp::play {

inline constexpr double kStartFadeMs = 100.0;
// Output beyond this is a chain that has blown up, not a loud signal: +40 dBFS.
inline constexpr float kRunawayPeak = 100.0F;

// What an overloaded callback does: go on, or leave work out (overload_ladder.h).
enum class Overload { ignore, shed };

struct EngineSetup {
  audio::StreamSpec stream;  // what chains must be made for; a longer device block is cut up
  ChannelMap map;            // stream.channels entries
  Overload overload = Overload::ignore;
  std::int64_t (*clock_ns)() noexcept = rt::monotonic_ns;  // tests put their own here
};

// What the meters show. Levels as in level_meter.h.
struct EngineMeters {
  Levels in;   // after the channel map
  Levels out;  // what the device gets
  double gain_reduction_db = 0.0;
};

// Counted since construction.
struct EngineCounts {
  std::uint64_t callbacks = 0;
  std::uint64_t non_finite_in = 0;  // samples played as 0
  std::uint64_t runaways = 0;       // blocks muted because the chain blew up; it was reset
  Rung rung = Rung::full;           // now, as are the rest
  std::size_t left_out = 0;         // the node that is left out while rung is lighter
};

// A change for the running chain.
struct SetParams {
  std::size_t node = 0;
  effects::AnyParams params;
};
enum class Bypass { off, on };
// All nodes together, aligned with the chain's latency. In bypass the output is raised by trim_db, so that A
// and B can be compared at one loudness.
struct SetBypass {
  Bypass bypass = Bypass::off;
  double trim_db = 0.0;
};
using EngineCommand = std::variant<SetParams, SetBypass>;

class Engine {
 public:
  explicit Engine(const EngineSetup& setup);

  // Audio thread. Any number of frames; channels beyond the chain's are silent.
  void process(audio::ConstAudioView in, audio::AudioView out) noexcept;

  const audio::StreamSpec& stream() const { return setup_.stream; }

  // The chain to play from now on, made for stream(). It is first run over the last seconds of input, so that
  // it comes in as if it had played all along; then ChainPlayer::play.
  void play(std::unique_ptr<chain::Chain> chain);
  // For the chain that is heard when it arrives. False when too many wait.
  bool send(EngineCommand command) { return commands_.try_push(command); }
  // Frees what the audio thread has given back and takes in what it heard. Call it every few milliseconds.
  void collect();
  // What it heard goes here too, on the control thread, during collect() and play(): for recording, for
  // analysis. Pieces follow each other without a gap unless nobody collected for kTapSeconds.
  void set_listener(TapListener listener) { listener_ = std::move(listener); }

  // The main fader. The engine starts silent.
  void fade_in() { audible_.store(true, std::memory_order_relaxed); }
  void fade_out() { audible_.store(false, std::memory_order_relaxed); }
  // The fade-out is over.
  bool silent() const noexcept { return silent_.load(std::memory_order_acquire); }

  // False when nothing new was metered since the last call.
  bool read_meters(EngineMeters& meters) noexcept { return meters_.read(meters); }
  EngineCounts counts() const noexcept;
  LoadFigures load() const noexcept { return load_.figures(); }
  std::int64_t last_callback_ns() const noexcept { return load_.last_started_ns(); }
  void restart_load() noexcept { load_.restart(); }
  // The thread that ran the latest callback, once there was one.
  std::optional<pthread_t> audio_thread() const noexcept;

 private:
  void drain_commands() noexcept;
  void apply(const SetParams& command) noexcept;
  void apply(const SetBypass& command) noexcept;
  void process_piece(audio::ConstAudioView in, audio::AudioView out) noexcept;
  void guard_runaway(audio::AudioView block) noexcept;
  void apply_trim(audio::AudioView block) noexcept;
  void climb(double share, double period_s) noexcept;
  void stand_on(Rung rung) noexcept;
  void meter(audio::ConstAudioView in, audio::ConstAudioView out) noexcept;

  EngineSetup setup_;

  // Owned by the audio thread.
  audio::AudioBuffer input_;  // the mapped input of a piece, kept for the meter
  audio::AudioBuffer block_;
  ChainPlayer player_;
  Fader fader_;
  dsp::Smoother trim_;  // linear gain after the chain
  OverloadLadder ladder_;
  std::uint64_t ladder_swaps_ = 0;  // the chain that the ladder is about: player_.swaps() when it came
  EngineMeters gathered_;
  std::int64_t unpublished_frames_ = 0;

  // Between the threads.
  rt::SpscQueue<EngineCommand> commands_;        // pushed by the control thread
  SignalTap tap_;                                // pushed by the audio thread
  rt::Latest<EngineMeters> meters_;              // written by the audio thread
  LoadMeter load_;                               // written by the audio thread
  std::atomic<bool> audible_{false};             // written by the control thread
  std::atomic<bool> silent_{true};               // written by the audio thread
  std::atomic<std::uint64_t> callbacks_{0};      // written by the audio thread
  std::atomic<std::uint64_t> non_finite_in_{0};  // written by the audio thread
  std::atomic<std::uint64_t> runaways_{0};       // written by the audio thread
  std::atomic<Rung> rung_{Rung::full};           // written by the audio thread
  std::atomic<std::size_t> left_out_{0};         // written by the audio thread
  InputHistory history_;                         // the control thread's
  TapListener listener_;                         // the control thread's
  std::atomic<pthread_t> audio_thread_{};        // written by the audio thread
};

}  // namespace aapp::play

// The contract that every effect keeps. tests/contract/ runs it over each effect in the registry: silence in
// gives silence, output is finite for finite input, any split into blocks gives the same bits, reset equals
// fresh, stated latency and tail are true, parameters may be swept without a click, process allocates
// nothing.
//
// An effect is a Params struct (plain values, defaults in place, equality), one ParamTable, and a class
// derived from TypedEffect<Params>. registry.h is the only file that names them all.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/audio/buffer.h"
#include "common/audio/stream_spec.h"
#include "common/effects/param_table.h"

namespace aapp::effects {

// How long a glide to new parameter values takes.
inline constexpr double kGlideMs = 20.0;

enum class Economy { off, on };

// Threads: prepare runs on any one thread while no other uses the object, and is the only call that
// allocates. set, process and reset run on the audio thread: no allocation, lock, log, throw or system call.
class Effect {
 public:
  virtual ~Effect() = default;
  Effect() = default;
  Effect(const Effect&) = delete;
  Effect& operator=(const Effect&) = delete;

  // Makes ready for a stream. The spec has been checked (check_stream_spec). Ends in the state of reset().
  virtual void prepare(const audio::StreamSpec& spec) = 0;
  // In place. block.channels() == spec.channels, block.frames() <= spec.max_block_frames; samples finite.
  virtual void process(audio::AudioView block) noexcept = 0;
  // Forgets all audio and finishes all glides: afterwards the effect equals one freshly prepared with its
  // parameters.
  virtual void reset() noexcept = 0;

  // Less work for a little less quality while the processor is overloaded, without a click and at the same
  // latency. Effects that have no such way ignore it and say so.
  virtual bool has_economy() const noexcept { return false; }
  virtual void set_economy(Economy /*economy*/) noexcept {}

  // Frames by which output lags input, constant between prepare calls for given parameters.
  virtual std::int64_t latency_frames() const noexcept { return 0; }
  // Frames after the end of input (beyond the latency) until the output has fallen below -120 dB of the
  // input's peak.
  virtual std::int64_t tail_frames() const noexcept { return 0; }
  // For meters: the gain in dB that the effect applied at the end of the last block; 0 where that means
  // nothing.
  virtual double gain_reduction_db() const noexcept { return 0.0; }
};

template <class P>
class TypedEffect : public Effect {
 public:
  using Params = P;
  // New target values, inside their ranges. Before or straight after prepare or reset they hold at once;
  // later the effect glides to them without a click within 50 ms. Takes effect at the next process call.
  // Parameters that decide the latency (Change::at_prepare in the table) take effect at the next prepare
  // instead.
  virtual void set(const Params& params) noexcept = 0;
};

}  // namespace aapp::effects

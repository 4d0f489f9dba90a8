#include "play/engine/engine.h"

#include <algorithm>

#include "common/audio/pump.h"
#include "common/base/units.h"
#include "common/dsp/safety_clip.h"
#include "common/rt/denormals.h"
#include "common/rt/rt_thread.h"

namespace aapp::play {
namespace {

constexpr std::size_t kCommandCapacity = 64;
constexpr double kMeterMs = 10.0;         // how often the meters are published
constexpr double kShedPatienceS = 0.025;  // a bypass' fade and the blocks round it
constexpr auto kRelaxed = std::memory_order_relaxed;

void add(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
  if (by != 0) counter.store(counter.load(kRelaxed) + by, kRelaxed);  // one writer
}

void silence(audio::AudioView block, int first_channel) noexcept {
  for (int c = first_channel; c < block.channels(); ++c) std::ranges::fill(block.channel(c), 0.0F);
}

// A NaN fails every comparison, so it counts as too large. No branch a sample: the compiler makes vectors of
// it.
bool within(audio::ConstAudioView block, float limit) noexcept {
  unsigned outside = 0;
  for (int c = 0; c < block.channels(); ++c) {
    for (const float sample : block.channel(c)) outside |= std::abs(sample) <= limit ? 0U : 1U;
  }
  return outside == 0;
}

}  // namespace

Engine::Engine(const EngineSetup& setup)
    : setup_(setup),
      input_(setup.stream.channels, static_cast<std::size_t>(setup.stream.max_block_frames)),
      block_(setup.stream.channels, static_cast<std::size_t>(setup.stream.max_block_frames)),
      player_(setup.stream),
      fader_(ms_to_frames(kStartFadeMs, setup.stream.rate_hz)),
      ladder_(kShedPatienceS),
      commands_(kCommandCapacity),
      tap_(setup.stream),
      history_(setup.stream) {
  trim_.set_glide_frames(ms_to_frames(effects::kGlideMs, setup.stream.rate_hz));
  trim_.snap(1.0);
}

void Engine::collect() {
  player_.collect();
  tap_.drain([this](const TappedBlock& piece) {
    history_.add(piece);
    if (listener_) listener_(setup_.stream, piece);
  });
}

// What was heard while the first run went on is made up for in a second, short one; the audio thread does the
// rest.
void Engine::play(std::unique_ptr<chain::Chain> chain) {
  collect();
  const std::int64_t first_end = history_.end();
  history_.warm_up(*chain, 0);
  collect();
  history_.warm_up(*chain, first_end);
  player_.play(std::move(chain), history_.end());
}

void Engine::process(audio::ConstAudioView in, audio::AudioView out) noexcept {
  const std::int64_t started_ns = setup_.clock_ns();
  const rt::FlushDenormals flush;
  audio_thread_.store(pthread_self(), kRelaxed);
  drain_commands();
  const std::size_t frames = out.channels() > 0 ? out.frames() : in.frames();
  const std::size_t piece = input_.frames();
  for (std::size_t done = 0; done < frames; done += piece) {
    const std::size_t count = std::min(piece, frames - done);
    process_piece(in.channels() > 0 ? in.slice(done, count) : in,
                  out.channels() > 0 ? out.slice(done, count) : out);
  }
  add(callbacks_, 1);
  if (frames == 0) return;
  const auto period_ns = static_cast<std::int64_t>(frames) * 1'000'000'000 / setup_.stream.rate_hz;
  const std::int64_t ended_ns = setup_.clock_ns();
  load_.add(started_ns, ended_ns, period_ns);
  if (setup_.overload == Overload::ignore) return;
  climb(static_cast<double>(ended_ns - started_ns) / static_cast<double>(period_ns),
        static_cast<double>(period_ns) * 1e-9);
}

// A new chain starts on the uppermost rung. While the ladder is about to step down, nodes are timed.
void Engine::climb(double share, double period_s) noexcept {
  const chain::Chain* chain = player_.current();
  if (chain == nullptr) return;
  if (ladder_swaps_ != player_.swaps()) {
    ladder_swaps_ = player_.swaps();
    ladder_.start(chain->has_economy());
    rung_.store(Rung::full, kRelaxed);
  }
  const Rung before = ladder_.rung();
  const Rung now = ladder_.add(share, period_s);
  if (now != before) stand_on(now);
  player_.time_nodes(ladder_.strained() ? setup_.clock_ns : nullptr);
}

void Engine::stand_on(Rung rung) noexcept {
  chain::Chain& chain = *player_.current();
  if (rung == Rung::lighter && rung_.load(kRelaxed) < Rung::lighter)
    left_out_.store(player_.heaviest_node(), kRelaxed);
  chain.set_economy(rung >= Rung::economy ? effects::Economy::on : effects::Economy::off);
  for (std::size_t node = 0; node < chain.size(); ++node) {
    chain.set_shed(node, rung == Rung::dry || (rung == Rung::lighter && node == left_out_.load(kRelaxed)));
  }
  rung_.store(rung, kRelaxed);
}

void Engine::drain_commands() noexcept {
  EngineCommand command;
  while (commands_.try_pop(command)) {
    std::visit([this](const auto& change) { apply(change); }, command);
  }
}

void Engine::apply(const SetParams& command) noexcept {
  chain::Chain* chain = player_.current();
  if (chain != nullptr && command.node < chain->size()) chain->set_params(command.node, command.params);
}

void Engine::apply(const SetBypass& command) noexcept {
  chain::Chain* chain = player_.current();
  if (chain == nullptr) return;
  const bool on = command.bypass == Bypass::on;
  chain->set_dry(on);
  trim_.set_target(on ? db_to_gain(command.trim_db) : 1.0);
}

void Engine::process_piece(audio::ConstAudioView in, audio::AudioView out) noexcept {
  const std::size_t frames = out.channels() > 0 ? out.frames() : in.frames();
  const audio::AudioView input = input_.view().slice(0, frames);
  const audio::AudioView block = block_.view().slice(0, frames);
  apply_channel_map(setup_.map, in, input);
  add(non_finite_in_, static_cast<std::uint64_t>(audio::remove_non_finite(input)));
  audio::copy(input, block);

  player_.process(block);
  guard_runaway(block);
  apply_trim(block);
  if (audible_.load(kRelaxed)) {
    fader_.open();
  } else {
    fader_.close();
  }
  fader_.process(block);
  if (!within(block, dsp::kClipShoulder)) {
    for (int c = 0; c < block.channels(); ++c) dsp::safety_clip(block.channel(c));
  }
  silent_.store(fader_.silent(), std::memory_order_release);

  meter(input, block);
  tap_.push(input, block);
  const int shared = std::min(block.channels(), out.channels());
  for (int c = 0; c < shared; ++c) std::ranges::copy(block.channel(c), out.channel(c).begin());
  silence(out, shared);
}

void Engine::apply_trim(audio::AudioView block) noexcept {
  if (!trim_.gliding() && trim_.value() == 1.0) return;
  const dsp::Smoother start = trim_;
  for (int c = 0; c < block.channels(); ++c) {
    trim_ = start;
    for (float& sample : block.channel(c)) sample = static_cast<float>(sample * trim_.next());
  }
}

// A chain that produces NaN, infinity or absurd levels would do so for ever, since its state holds them: it
// starts anew, and what it made is not heard.
void Engine::guard_runaway(audio::AudioView block) noexcept {
  if (within(block, kRunawayPeak)) return;
  player_.reset();
  silence(block, 0);
  fader_.cut();
  add(runaways_, 1);
}

void Engine::meter(audio::ConstAudioView in, audio::ConstAudioView out) noexcept {
  add_to_levels(gathered_.in, in);
  add_to_levels(gathered_.out, out);
  if (const chain::Chain* chain = player_.current()) gathered_.gain_reduction_db = chain->gain_reduction_db();
  unpublished_frames_ += static_cast<std::int64_t>(in.frames());
  if (unpublished_frames_ < ms_to_frames(kMeterMs, setup_.stream.rate_hz)) return;
  unpublished_frames_ = 0;
  if (meters_.write(gathered_) == rt::Previous::overwritten) return;
  forget_peaks(gathered_.in);
  forget_peaks(gathered_.out);
}

EngineCounts Engine::counts() const noexcept {
  return {.callbacks = callbacks_.load(kRelaxed),
          .non_finite_in = non_finite_in_.load(kRelaxed),
          .runaways = runaways_.load(kRelaxed),
          .rung = rung_.load(kRelaxed),
          .left_out = left_out_.load(kRelaxed)};
}

std::optional<pthread_t> Engine::audio_thread() const noexcept {
  const pthread_t thread = audio_thread_.load(kRelaxed);
  return thread == pthread_t{} ? std::nullopt : std::optional(thread);
}

}  // namespace aapp::play

#include "play/live/tune_trial.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "common/base/interrupt.h"
#include "common/rt/rt_thread.h"
#include "play/engine/callback_spec.h"

namespace aapp::play {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::milliseconds kSettle{
    300};  // what starting a stream or changing a period costs by itself

constexpr std::size_t kMostFrames = 8192;  // longer periods are played in parts

}  // namespace

TrialRunner::TrialRunner(const audio::StreamSpec& stream)
    : engine_({.stream = stream, .map = default_channel_map(stream.channels, stream.channels)}),
      noise_(stream.channels, kMostFrames) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> uniform(-0.3F, 0.3F);
  for (int c = 0; c < noise_.channels(); ++c)
    std::ranges::generate(noise_.channel(c), [&] { return uniform(random); });
}

Result<std::unique_ptr<TrialRunner>> TrialRunner::make(const Preset& preset,
                                                       const audio::StreamSpec& stream) {
  Result<chain::Chain> chain = chain::Chain::make(preset, stream);
  if (!chain) return tl::unexpected(chain.error());
  std::unique_ptr<TrialRunner> runner(new TrialRunner(stream));
  runner->engine_.play(std::make_unique<chain::Chain>(std::move(*chain)));
  return runner;
}

void TrialRunner::process(audio::ConstAudioView in, audio::AudioView out) noexcept {
  const std::size_t frames = std::max(in.frames(), out.frames());
  for (std::size_t done = 0; done < frames;) {
    const std::size_t count = std::min(frames - done, noise_.frames());
    engine_.process(noise_.view().slice(0, count), out.channels() > 0 ? out.slice(done, count) : out);
    done += count;
  }
}

TrialFigures watch_trial(const AudioDevice& device, TrialRunner& runner, const TrialDemand& demand) {
  std::this_thread::sleep_for(kSettle);
  runner.restart();
  std::this_thread::sleep_for(kTick);
  const DeviceStatus first = device.status();
  const std::int64_t began_ns = rt::monotonic_ns();
  TrialFigures figures{.period_frames = first.period_frames};
  while (!interrupted()) {
    runner.collect();
    const DeviceStatus now = device.status();
    figures.seconds = static_cast<double>(rt::monotonic_ns() - began_ns) * 1e-9;
    figures.load = runner.figures();
    figures.dropouts = std::max(now.xruns - first.xruns, figures.load.overruns + figures.load.late_wakes);
    figures.silent = now.state == DeviceState::lost || now.callbacks == first.callbacks;
    if (figures.dropouts > demand.dropouts) return figures;
    if (figures.seconds >= demand.seconds) {
      figures.holds = !figures.silent && figures.load.p999 <= kBudgetShare;
      return figures;
    }
    std::this_thread::sleep_for(kTick);
  }
  return figures;
}

}  // namespace aapp::play

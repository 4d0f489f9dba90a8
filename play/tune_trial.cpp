#include "play/tune_trial.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "common/base/interrupt.h"
#include "common/rt/rt_thread.h"
#include "play/admission/cost.h"

namespace aapp::play {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::milliseconds kSettle{
    300};  // what starting a stream or changing a period costs by itself

}  // namespace

TrialRunner::TrialRunner(chain::Chain chain)
    : chain_(std::move(chain)),
      noise_(chain_.spec().channels, static_cast<std::size_t>(chain_.spec().max_block_frames)),
      block_(noise_.channels(), noise_.frames()) {
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> uniform(-0.3F, 0.3F);
  for (int c = 0; c < noise_.channels(); ++c)
    std::ranges::generate(noise_.channel(c), [&] { return uniform(random); });
}

void TrialRunner::process(audio::ConstAudioView in, audio::AudioView out) noexcept {
  const std::int64_t started_ns = rt::monotonic_ns();
  const std::size_t frames = std::max(in.frames(), out.frames());
  for (std::size_t done = 0; done < frames;) {
    const std::size_t count = std::min(frames - done, block_.frames());
    const audio::AudioView block = block_.view().slice(0, count);
    for (int c = 0; c < block.channels(); ++c)
      std::ranges::copy(noise_.channel(c).first(count), block.channel(c).begin());
    chain_.process(block);
    done += count;
  }
  for (int c = 0; c < out.channels(); ++c) std::ranges::fill(out.channel(c), 0.0F);
  if (frames == 0) return;
  load_.add(started_ns, rt::monotonic_ns(),
            static_cast<std::int64_t>(frames) * 1'000'000'000 / chain_.spec().rate_hz);
}

TrialFigures watch_trial(const AudioDevice& device, TrialRunner& runner, const TrialDemand& demand) {
  std::this_thread::sleep_for(kSettle);
  runner.restart();
  std::this_thread::sleep_for(kTick);
  const DeviceStatus first = device.status();
  const std::int64_t began_ns = rt::monotonic_ns();
  TrialFigures figures{.period_frames = first.period_frames};
  while (!interrupted()) {
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

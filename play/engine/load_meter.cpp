#include "play/engine/load_meter.h"

#include <algorithm>
#include <cmath>

namespace aapp::play {
namespace {

constexpr double kLowestShare = 1e-4;
constexpr double kLogStep = 0.0198026272961797;  // ln(1.02)
constexpr auto kRelaxed = std::memory_order_relaxed;

// Sole writer: a load and a store, no locked instruction.
template <class T>
void bump(std::atomic<T>& counter, T by) noexcept {
  counter.store(counter.load(kRelaxed) + by, kRelaxed);
}

}  // namespace

std::size_t LoadMeter::bin_of(double share) noexcept {
  if (!(share > kLowestShare)) return 0;
  const double bin = std::log(share / kLowestShare) / kLogStep;
  return std::min(static_cast<std::size_t>(bin), kBins - 1);
}

double LoadMeter::upper_edge(std::size_t bin) noexcept {
  return kLowestShare * std::exp(kLogStep * static_cast<double>(bin + 1));
}

void LoadMeter::clear() noexcept {
  for (std::atomic<std::uint32_t>& bin : bins_) bin.store(0, kRelaxed);
  callbacks_.store(0, kRelaxed);
  overruns_.store(0, kRelaxed);
  late_wakes_.store(0, kRelaxed);
  sum_.store(0.0, kRelaxed);
  max_.store(0.0, kRelaxed);
  last_started_ns_ = 0;
}

void LoadMeter::add(std::int64_t started_ns, std::int64_t ended_ns, std::int64_t period_ns) noexcept {
  if (restart_.load(kRelaxed)) {
    restart_.store(false, kRelaxed);
    clear();
  }
  const double share = static_cast<double>(ended_ns - started_ns) / static_cast<double>(period_ns);
  bump(bins_[bin_of(share)], std::uint32_t{1});
  bump(callbacks_, std::uint64_t{1});
  bump(sum_, share);
  max_.store(std::max(max_.load(kRelaxed), share), kRelaxed);
  if (share > 1.0) bump(overruns_, std::uint64_t{1});
  if (last_started_ns_ != 0 && started_ns - last_started_ns_ > 2 * period_ns)
    bump(late_wakes_, std::uint64_t{1});
  last_started_ns_ = started_ns;
}

LoadFigures LoadMeter::figures() const noexcept {
  LoadFigures figures{.callbacks = callbacks_.load(kRelaxed),
                      .max = max_.load(kRelaxed),
                      .overruns = overruns_.load(kRelaxed),
                      .late_wakes = late_wakes_.load(kRelaxed)};
  std::uint64_t total = 0;
  for (const std::atomic<std::uint32_t>& bin : bins_) total += bin.load(kRelaxed);
  if (total == 0) return figures;
  figures.mean = sum_.load(kRelaxed) / static_cast<double>(total);
  std::uint64_t seen = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    seen += bins_[bin].load(kRelaxed);
    const double rank = static_cast<double>(seen) / static_cast<double>(total);
    if (figures.p99 == 0.0 && rank >= 0.99) figures.p99 = std::min(upper_edge(bin), figures.max);
    if (figures.p999 == 0.0 && rank >= 0.999) figures.p999 = std::min(upper_edge(bin), figures.max);
  }
  return figures;
}

}  // namespace aapp::play

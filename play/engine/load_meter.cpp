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

std::size_t ShareHistogram::bin_of(double share) noexcept {
  if (!(share > kLowestShare)) return 0;
  const double bin = std::log(share / kLowestShare) / kLogStep;
  return std::min(static_cast<std::size_t>(bin), kBins - 1);
}

double ShareHistogram::upper_edge(std::size_t bin) noexcept {
  return kLowestShare * std::exp(kLogStep * static_cast<double>(bin + 1));
}

void ShareHistogram::add(double share) noexcept {
  bump(bins_[bin_of(share)], std::uint32_t{1});
  bump(count_, std::uint64_t{1});
  bump(sum_, share);
  max_.store(std::max(max(), share), kRelaxed);
}

void ShareHistogram::clear() noexcept {
  for (std::atomic<std::uint32_t>& bin : bins_) bin.store(0, kRelaxed);
  count_.store(0, kRelaxed);
  sum_.store(0.0, kRelaxed);
  max_.store(0.0, kRelaxed);
}

double ShareHistogram::mean() const noexcept {
  const std::uint64_t shares = count();
  return shares == 0 ? 0.0 : sum_.load(kRelaxed) / static_cast<double>(shares);
}

double ShareHistogram::quantile(double part) const noexcept {
  std::uint64_t total = 0, seen = 0;
  for (const std::atomic<std::uint32_t>& bin : bins_) total += bin.load(kRelaxed);
  if (total == 0) return 0.0;
  std::size_t bin = 0;
  for (; bin < kBins; ++bin) {
    seen += bins_[bin].load(kRelaxed);
    if (static_cast<double>(seen) >= part * static_cast<double>(total)) break;
  }
  return bin >= kBins - 1 ? max() : std::min(upper_edge(bin), max());
}

void LoadMeter::clear() noexcept {
  durations_.clear();
  delays_.clear();
  overruns_.store(0, kRelaxed);
  late_wakes_.store(0, kRelaxed);
  last_started_ns_.store(0, kRelaxed);
}

void LoadMeter::add(std::int64_t started_ns, std::int64_t ended_ns, std::int64_t period_ns) noexcept {
  if (restart_.load(kRelaxed)) {
    restart_.store(false, kRelaxed);
    clear();
  }
  const auto periods = [period_ns](std::int64_t ns) {
    return static_cast<double>(ns) / static_cast<double>(period_ns);
  };
  const double share = periods(ended_ns - started_ns);
  durations_.add(share);
  if (share > 1.0) bump(overruns_, std::uint64_t{1});
  if (const std::int64_t last_ns = last_started_ns(); last_ns != 0) {
    const double late = periods(started_ns - last_ns) - 1.0;
    delays_.add(std::max(late, 0.0));
    if (share <= 1.0 && late + share > 1.0) bump(late_wakes_, std::uint64_t{1});
  }
  last_started_ns_.store(started_ns, kRelaxed);
}

LoadFigures LoadMeter::figures() const noexcept {
  return {.callbacks = durations_.count(),
          .mean = durations_.mean(),
          .p99 = durations_.quantile(0.99),
          .p999 = durations_.quantile(0.999),
          .max = durations_.max(),
          .overruns = overruns_.load(kRelaxed),
          .late_wakes = late_wakes_.load(kRelaxed),
          .late_p999 = delays_.quantile(0.999)};
}

}  // namespace aapp::play

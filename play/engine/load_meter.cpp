#include "play/engine/load_meter.h"

#include <algorithm>
#include <bit>

namespace aapp::play {
namespace {

constexpr double kLowestShare = 0x1p-14;
// Of a double's bits, those that number a bin: its exponent and the first bits of its fraction.
constexpr int kDroppedBits = 52 - ShareHistogram::kBinBits;
constexpr std::uint64_t kFirstBin = std::bit_cast<std::uint64_t>(kLowestShare) >> kDroppedBits;
constexpr auto kRelaxed = std::memory_order_relaxed;

// Sole writer: a load and a store, no locked instruction.
template <class T>
void bump(std::atomic<T>& counter, T by) noexcept {
  counter.store(counter.load(kRelaxed) + by, kRelaxed);
}

}  // namespace

std::size_t ShareHistogram::bin_of(double share) noexcept {
  if (!(share > kLowestShare)) return 0;
  return std::min(static_cast<std::size_t>((std::bit_cast<std::uint64_t>(share) >> kDroppedBits) - kFirstBin),
                  kBins - 1);
}

double ShareHistogram::upper_edge(std::size_t bin) noexcept {
  return std::bit_cast<double>((kFirstBin + bin + 1) << kDroppedBits);
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

// From the top, where few are: what is asked for are the rare long ones.
double ShareHistogram::quantile(double part) const noexcept {
  const auto total = static_cast<double>(count());
  double above = 0.0;
  std::size_t bin = bin_of(max());
  for (; bin > 0; --bin) {
    above += bins_[bin].load(kRelaxed);
    if (above > (1.0 - part) * total) break;
  }
  return total == 0.0 ? 0.0 : std::min(bin == kBins - 1 ? max() : upper_edge(bin), max());
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

#include "play/engine/howl_detector.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "common/audio/mono.h"
#include "common/base/units.h"
#include "common/dsp/window.h"

namespace aapp::play {
namespace {

constexpr double kWindowSeconds = 0.085;
constexpr std::size_t kHopsPerWindow = 4;
constexpr double kLowestHz = 100.0;
constexpr double kLowestDb = -50.0;         // of the peak, a full-scale sine having 0 dB: below, nobody minds
constexpr double kOverMeanDb = 20.0;        // PAPR
constexpr double kOverNeighboursDb = 15.0;  // PNPR, five to nine bins away
constexpr double kOverHarmonicsDb = 30.0;   // PHPR
constexpr std::size_t kLooks = 24;          // half a second
constexpr double kGrowthDb = 6.0;           // within these looks: a slow howl
constexpr std::size_t kSteadySteps = 7;     // one after the other, each at least
constexpr double kSteadyGrowthDb = 0.8;     // this much: a fast one. The onset of a note takes four
constexpr double kMostFallDb = 1.0;         // from one look to the next
constexpr int kPauseLooks = 94;             // two seconds

std::size_t window_frames(int rate_hz) {
  return std::bit_floor(static_cast<std::size_t>(kWindowSeconds * 1.1 * rate_hz));
}

}  // namespace

HowlDetector::HowlDetector(int rate_hz)
    : rate_hz_(rate_hz),
      hop_frames_(window_frames(rate_hz) / kHopsPerWindow),
      window_(dsp::make_window(dsp::WindowShape::hann, window_frames(rate_hz))),
      window_power_(dsp::window_power(window_)),
      held_(window_.size()),
      fft_(window_.size()),
      power_(fft_.bins()) {
  run_.reserve(kLooks + 1);
}

std::optional<double> HowlDetector::hear(audio::ConstAudioView block) {
  std::optional<double> found;
  if (block.channels() == 0) return found;
  for (std::size_t done = 0; done < block.frames();) {
    const std::size_t count = std::min(block.frames() - done, hop_frames_ - new_frames_);
    audio::mean_of_channels(block.slice(done, count),
                            std::span(held_).last(hop_frames_).subspan(new_frames_, count));
    done += count;
    new_frames_ += count;
    if (new_frames_ < hop_frames_) continue;
    new_frames_ = 0;
    // As long as there is nothing to follow, every other look will do.
    skip_ = run_.empty() && !skip_;
    if (!skip_) {
      if (const std::optional<double> howl = judge(lonely_peak())) found = howl;
    }
    std::shift_left(held_.begin(), held_.end(), static_cast<std::ptrdiff_t>(hop_frames_));
  }
  return found;
}

// With the bins to both sides, among which a sine spreads.
double HowlDetector::power_near(std::size_t bin) const {
  const std::size_t first = bin > 2 ? bin - 2 : 0, last = std::min(bin + 3, power_.size());
  return first >= last ? 0.0
                       : std::accumulate(power_.begin() + static_cast<std::ptrdiff_t>(first),
                                         power_.begin() + static_cast<std::ptrdiff_t>(last), 0.0);
}

std::optional<HowlDetector::Peak> HowlDetector::lonely_peak() {
  // No peak has more power than all bins together (Parseval).
  const double energy = std::transform_reduce(held_.begin(), held_.end(), 0.0, std::plus<>(),
                                              [](double sample) { return sample * sample; });
  if (2.0 * energy / window_power_ < db_to_power(kLowestDb)) return std::nullopt;
  const std::span<double> signal = fft_.signal();
  for (std::size_t i = 0; i < held_.size(); ++i) signal[i] = held_[i] * window_[i];
  fft_.forward();
  // Scaled so that a full-scale sine has 1 over the bins that it spreads to.
  const double scale = 4.0 / (window_power_ * static_cast<double>(held_.size()));
  for (std::size_t k = 0; k < power_.size(); ++k) power_[k] = scale * std::norm(fft_.spectrum()[k]);
  const double bin_hz = static_cast<double>(rate_hz_) / static_cast<double>(held_.size());
  const auto lowest = static_cast<std::ptrdiff_t>(kLowestHz / bin_hz);
  const auto at = std::max_element(power_.begin() + lowest, power_.end());
  const auto bin = static_cast<std::size_t>(at - power_.begin());
  const double peak = power_near(bin);
  if (!(peak > db_to_power(kLowestDb))) return std::nullopt;
  const double mean = std::accumulate(power_.begin(), power_.end(), 0.0) / static_cast<double>(power_.size());
  if (*at < mean * db_to_power(kOverMeanDb)) return std::nullopt;
  for (const std::ptrdiff_t offset : {-9, -7, -5, 5, 7, 9}) {
    const auto k = static_cast<std::ptrdiff_t>(bin) + offset;
    if (k >= 0 && k < static_cast<std::ptrdiff_t>(power_.size()) &&
        power_[static_cast<std::size_t>(k)] * db_to_power(kOverNeighboursDb) > *at)
      return std::nullopt;
  }
  for (const std::size_t harmonic : {std::size_t{2}, std::size_t{3}}) {
    if (bin * harmonic < power_.size() && power_near(bin * harmonic) * db_to_power(kOverHarmonicsDb) > peak)
      return std::nullopt;
  }
  return Peak{bin, power_to_db(peak)};
}

bool HowlDetector::grows_steadily() const {
  if (run_.size() <= kSteadySteps) return false;
  for (std::size_t i = run_.size() - kSteadySteps; i < run_.size(); ++i) {
    if (run_[i].level_db < run_[i - 1].level_db + kSteadyGrowthDb) return false;
  }
  return true;
}

std::optional<double> HowlDetector::judge(std::optional<Peak> peak) {
  if (quiet_looks_ > 0) --quiet_looks_;
  const bool same = peak && !run_.empty() &&
                    std::max(peak->bin, run_.back().bin) - std::min(peak->bin, run_.back().bin) <= 1 &&
                    peak->level_db > run_.back().level_db - kMostFallDb;
  if (!same) run_.clear();
  if (!peak) return std::nullopt;
  run_.push_back(*peak);
  if (run_.size() > kLooks) run_.erase(run_.begin());
  const bool slow = run_.size() == kLooks && run_.back().level_db - run_.front().level_db >= kGrowthDb;
  if ((!slow && !grows_steadily()) || quiet_looks_ > 0) return std::nullopt;
  quiet_looks_ = kPauseLooks;
  return static_cast<double>(peak->bin) * rate_hz_ / static_cast<double>(held_.size());
}

}  // namespace aapp::play

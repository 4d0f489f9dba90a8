#include "analyze/measure/aligned_distance.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <vector>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/level_distribution.h"
#include "analyze/measure/log_stft.h"
#include "analyze/measure/slopes.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"

namespace aapp::measure {

namespace {

using audio::ConstAudioView;

constexpr std::int64_t kLongestCorrelation = 1 << 23;  // frames: three minutes at 44.1 kHz
constexpr double kClearlyBetterDb = 3.0;
constexpr double kShortTermFloorDb = 80.0;

double at(ConstAudioView view, int channel, std::size_t i) {
  return static_cast<double>(view.channel(channel)[i]);
}

std::vector<double> mono_sum(ConstAudioView view) {
  std::vector<double> sum(view.frames(), 0.0);
  for (int c = 0; c < view.channels(); ++c) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += at(view, c, i);
  }
  return sum;
}

// The same stretch of both, if they are long.
ConstAudioView middle(ConstAudioView view, std::int64_t common_frames) {
  if (common_frames <= kLongestCorrelation) return view;
  return view.slice(static_cast<std::size_t>((common_frames - kLongestCorrelation) / 2), kLongestCorrelation);
}

// Sums over all channels of products of two recordings of one shape.
struct Energies {
  double reference = 0.0;
  double other = 0.0;
  double product = 0.0;
};

Energies energies(ConstAudioView a, ConstAudioView b) {
  Energies sums;
  for (int c = 0; c < a.channels(); ++c) {
    for (std::size_t i = 0; i < a.frames(); ++i) {
      sums.reference += at(a, c, i) * at(a, c, i);
      sums.other += at(b, c, i) * at(b, c, i);
      sums.product += at(a, c, i) * at(b, c, i);
    }
  }
  return sums;
}

// Error-to-signal ratio after the best single gain on b. Formed from the difference itself: subtracting sums
// of squares would lose errors under -150 dB.
double esr_db(ConstAudioView a, ConstAudioView b) {
  const Energies sums = energies(a, b);
  if (!(sums.reference > 0.0)) return 0.0;
  const double gain = sums.other > 0.0 ? sums.product / sums.other : 0.0;
  double error = 0.0;
  for (int c = 0; c < a.channels(); ++c) {
    for (std::size_t i = 0; i < a.frames(); ++i) {
      const double d = at(a, c, i) - gain * at(b, c, i);
      error += d * d;
    }
  }
  return band_level_db(error / sums.reference);
}

// Levels of windows of `frames` frames, power averaged over channels.
std::vector<double> window_levels_db(ConstAudioView view, std::int64_t frames) {
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(1, frames));
  std::vector<double> levels;
  for (std::size_t first = 0; first + size <= view.frames(); first += size) {
    double sum = 0.0;
    for (int c = 0; c < view.channels(); ++c) {
      for (std::size_t i = first; i < first + size; ++i) sum += at(view, c, i) * at(view, c, i);
    }
    levels.push_back(band_level_db(sum / static_cast<double>(size) / view.channels()));
  }
  return levels;
}

// other minus reference in every window where the reference is within kLevelRangeDb of its loudest.
std::vector<double> level_differences_db(ConstAudioView a, ConstAudioView b, double level_db,
                                         std::int64_t frames) {
  const std::vector<double> reference = window_levels_db(a, frames);
  const std::vector<double> other = window_levels_db(b, frames);
  std::vector<double> differences;
  if (reference.empty()) return differences;
  const double loudest = *std::max_element(reference.begin(), reference.end());
  if (loudest <= kSilenceDb) return differences;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] <= loudest - kLevelRangeDb) continue;
    differences.push_back(std::max(other[i] + level_db, loudest - kShortTermFloorDb) - reference[i]);
  }
  return differences;
}

std::optional<double> rms_around(std::span<const double> values, double centre) {
  if (values.empty()) return std::nullopt;
  double sum = 0.0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double mean(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

// Both recordings cut to what they share once other is moved by lag frames.
struct Stretch {
  ConstAudioView reference;
  ConstAudioView other;
};

Stretch cut(ConstAudioView reference, ConstAudioView other, std::int64_t lag) {
  const auto skip_other = static_cast<std::size_t>(std::max<std::int64_t>(0, lag));
  const auto skip_reference = static_cast<std::size_t>(std::max<std::int64_t>(0, -lag));
  if (skip_other >= other.frames() || skip_reference >= reference.frames()) return {};
  const std::size_t frames = std::min(other.frames() - skip_other, reference.frames() - skip_reference);
  return {reference.slice(skip_reference, frames), other.slice(skip_other, frames)};
}

std::int64_t settled_lag(ConstAudioView reference, ConstAudioView other, std::int64_t max_lag_frames) {
  const std::int64_t lag = find_lag(reference, other, max_lag_frames);
  if (lag == 0) return 0;
  const Stretch moved = cut(reference, other, lag);
  const Stretch still = cut(reference, other, 0);
  const bool better =
      esr_db(moved.reference, moved.other) <= esr_db(still.reference, still.other) - kClearlyBetterDb;
  return better ? lag : 0;
}

// The mean of other's channels on each channel of a view as wide as the reference.
audio::AudioBuffer widened(const audio::AudioBuffer& other, int channels) {
  audio::AudioBuffer wide(channels, other.frames());
  const std::vector<double> sum = mono_sum(other.view());
  for (int c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < sum.size(); ++i)
      wide.channel(c)[i] = static_cast<float>(sum[i] / other.channels());
  }
  return wide;
}

}  // namespace

std::int64_t find_lag(ConstAudioView reference, ConstAudioView other, std::int64_t max_lag_frames) {
  const auto common = static_cast<std::int64_t>(std::min(reference.frames(), other.frames()));
  if (common == 0) return 0;
  const std::vector<double> a = mono_sum(middle(reference, common));
  const std::vector<double> b = mono_sum(middle(other, common));
  const std::size_t longest = std::max(a.size(), b.size());
  const auto limit = std::min(max_lag_frames, static_cast<std::int64_t>(longest) - 1);
  dsp::RealFft first(std::bit_ceil(longest + static_cast<std::size_t>(limit) + 1));
  dsp::RealFft second(first.size());
  const auto transform = [](dsp::RealFft& fft, const std::vector<double>& x) {
    std::fill(std::copy(x.begin(), x.end(), fft.signal().begin()), fft.signal().end(), 0.0);
    fft.forward();
  };
  transform(first, a);
  transform(second, b);
  for (std::size_t k = 0; k < first.bins(); ++k) second.spectrum()[k] *= std::conj(first.spectrum()[k]);
  second.inverse();
  const std::span<const double> correlation = second.signal();
  std::int64_t best = 0;
  double best_value = correlation[0];
  for (std::int64_t lag = 1; lag <= limit; ++lag) {
    const double later = correlation[static_cast<std::size_t>(lag)];
    const double earlier = correlation[correlation.size() - static_cast<std::size_t>(lag)];
    if (later > best_value) best = lag, best_value = later;
    if (earlier > best_value) best = -lag, best_value = earlier;
  }
  return best;
}

AlignedDistance aligned_distance(const audio::AudioBuffer& reference, const audio::AudioBuffer& other,
                                 int rate_hz, const AlignedOptions& options) {
  AlignedDistance result;
  if (reference.frames() == 0 || other.frames() == 0) return result;
  const bool widen = other.channels() != reference.channels();
  const audio::AudioBuffer wide = widen ? widened(other, reference.channels()) : audio::AudioBuffer();
  const ConstAudioView all_other = widen ? wide.view() : other.view();
  result.lag_frames = settled_lag(reference.view(), all_other, ms_to_frames(options.max_lag_ms, rate_hz));
  const Stretch both = cut(reference.view(), all_other, result.lag_frames);
  const ConstAudioView& a = both.reference;
  const ConstAudioView& b = both.other;
  const Energies sums = energies(a, b);
  if (!(sums.reference > 0.0) || !(sums.other > 0.0)) return result;

  result.level_db = power_to_db(sums.reference / sums.other);
  result.correlation = sums.product / std::sqrt(sums.reference * sums.other);
  result.esr_db = esr_db(a, b);
  result.log_stft_db = log_stft_distance_db(a, b, result.level_db, rate_hz);
  const auto differences = [&](double window_ms) {
    return level_differences_db(a, b, result.level_db, ms_to_frames(window_ms, rate_hz));
  };
  result.short_term_db = rms_around(differences(50.0), 0.0);
  const std::vector<double> gain_db = differences(kControlFrameMs);
  result.gain_trajectory_db = rms_around(gain_db, mean(gain_db));
  return result;
}

}  // namespace aapp::measure

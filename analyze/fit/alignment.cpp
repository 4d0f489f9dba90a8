#include "analyze/fit/alignment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>

#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/cross_spectrum.h"
#include "analyze/fit/parallel.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"

namespace aapp::fit {
namespace {

constexpr double kExcerptS = 5.0;
constexpr double kDriftMinS = 12.0;       // shorter recordings tell nothing about clocks
constexpr double kDriftExcerptS = 0.5;    // short: clocks must not run apart within it
constexpr double kMinCoherence = 0.3;     // below, a peak of the correlation is chance
constexpr double kSureCorrelation = 0.5;  // and above this one needs no other look
constexpr int kLeastStretches = 8;        // that tell of a filter
constexpr double kDriftCoherence = 0.6;   // both places must be sure of their lag
constexpr double kDriftLoss = 0.1;
constexpr double kDriftAgreement = 0.5;  // of the phases of both places
constexpr double kDriftMinFrames = 2.0;  // what equalisation can shift a peak by
constexpr std::int64_t kNearFrames = 64, kFarFrames = 1024;
// A smaller one may be what is left of a filter's phase. The fitted chain tells it (delay_left.h).
constexpr double kSmallestFraction = 0.05;
// How far, as a share of the delay, the delays that low and high frequencies show may lie apart.
constexpr double kAgreement = 0.35;
constexpr int kSincTaps = 64;
constexpr double kSincBeta = 8.0;
// A sample between others counts as clipped too where clipped ones have more than this share in it: not
// where one is merely near, since marks are at full scale.
constexpr double kClippedShare = 0.5;

// The loudest stretch of `frames` within [begin, end), on a grid of an eighth of its length.
Stretch loudest(const audio::AudioBuffer& audio, std::int64_t begin, std::int64_t end, std::int64_t frames) {
  frames = std::min(frames, end - begin);
  const std::int64_t step = std::max<std::int64_t>(1, frames / 8);
  std::vector<double> energy;
  for (std::int64_t first = begin; first + step <= end; first += step) {
    double sum = 0.0;
    for (int c = 0; c < audio.channels(); ++c) {
      for (const float sample :
           audio.channel(c).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(step)))
        sum += static_cast<double>(sample) * sample;
    }
    energy.push_back(sum);
  }
  const std::size_t span = static_cast<std::size_t>(frames / step);
  std::size_t best = 0;
  double best_sum = -1.0;
  for (std::size_t i = 0; i + span <= energy.size(); ++i) {
    double sum = 0.0;
    for (std::size_t k = i; k < i + span; ++k) sum += energy[k];
    if (sum > best_sum) best = i, best_sum = sum;
  }
  return {begin + static_cast<std::int64_t>(best) * step, frames};
}

// Of a transform that is quick: no prime factor over 5.
std::size_t quick_size(std::int64_t at_least) {
  for (std::int64_t size = at_least + at_least % 2;; size += 2) {
    std::int64_t rest = size;
    for (const std::int64_t prime : {2, 3, 5}) {
      while (rest % prime == 0) rest /= prime;
    }
    if (rest == 1) return static_cast<std::size_t>(size);
  }
}

struct Lag {
  std::int64_t frames = 0;  // of the wet behind the dry
  Polarity polarity = Polarity::same;
  double coherence = 0.0;
};

double correlation_at(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
                      std::int64_t lag) {
  double xy = 0.0, xx = 0.0, yy = 0.0;
  for (int c = 0; c < dry.channels(); ++c) {
    const auto x = dry.channel(c);
    const auto y = wet.channel(c);
    for (std::int64_t n = stretch.first; n < stretch.first + stretch.frames; ++n) {
      const std::int64_t m = n - lag;
      if (m < 0 || m >= static_cast<std::int64_t>(x.size())) continue;
      const double a = x[static_cast<std::size_t>(m)], b = y[static_cast<std::size_t>(n)];
      xy += a * b, xx += a * a, yy += b * b;
    }
  }
  return xx > 0.0 && yy > 0.0 ? xy / std::sqrt(xx * yy) : 0.0;
}

// Where the stretch of the wet recording lies in the dry one. The cross-spectrum is half whitened (its
// magnitude's root), which sharpens the peak of tonal material without giving way to noise.
Lag find_lag(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
             std::int64_t max_lag) {
  const std::size_t size = quick_size(stretch.frames + 2 * max_lag);
  dsp::RealFft x(size), y(size, dsp::RealFft::Ways::forward);
  std::vector<std::complex<double>> cross(x.bins());
  for (int c = 0; c < dry.channels(); ++c) {
    copy_range(dry.channel(c), stretch.first - max_lag, stretch.frames + 2 * max_lag, x.signal());
    copy_range(wet.channel(c), stretch.first, stretch.frames, y.signal());
    x.forward();
    y.forward();
    for (std::size_t k = 0; k < cross.size(); ++k) cross[k] += x.spectrum()[k] * std::conj(y.spectrum()[k]);
  }
  for (std::size_t k = 0; k < cross.size(); ++k) {
    const double magnitude = std::abs(cross[k]);
    x.spectrum()[k] = magnitude > 0.0 ? cross[k] / std::sqrt(magnitude) : 0.0;
  }
  x.inverse();
  std::int64_t best = 0;
  for (std::int64_t n = 0; n <= 2 * max_lag; ++n) {
    if (std::abs(x.signal()[static_cast<std::size_t>(n)]) >
        std::abs(x.signal()[static_cast<std::size_t>(best)]))
      best = n;
  }
  return {.frames = max_lag - best,
          .polarity = x.signal()[static_cast<std::size_t>(best)] < 0.0 ? Polarity::flipped : Polarity::same,
          .coherence = std::abs(correlation_at(dry, wet, stretch, max_lag - best))};
}

// As if the wet recording had the dry one's polarity.
CrossSpectrum spectra_of(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
                         std::int64_t lag, Polarity polarity) {
  CrossSpectrum spectra = average_spectra(dry, wet, stretch, lag);
  if (polarity == Polarity::flipped) {
    for (std::complex<double>& xy : spectra.xy) xy = -xy;
  }
  return spectra;
}

// A high-pass on drums takes most of the energy that a correlation is of, and turns much of the rest. How
// much of the wet recording any filter of the dry one explains does not change by that.
double coherence_through_filter(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch stretch,
                                const Lag& lag) {
  if (lag.coherence > kSureCorrelation) return lag.coherence;
  const CrossSpectrum spectra = average_spectra(dry, wet, stretch, lag.frames);
  if (spectra.stretches < kLeastStretches) return lag.coherence;
  return std::max(lag.coherence, std::sqrt(std::max(0.0, share_of_filter(spectra))));
}

// The bin under which half of what is known of the slope lies.
std::size_t middle_bin(const CrossSpectrum& spectra, double weight) {
  std::size_t low = 1, high = spectra.xx.size() - 1;
  while (high - low > 1) {
    const std::size_t middle = (low + high) / 2;
    (phase_delay(spectra, 1, middle).weight < 0.5 * weight ? low : high) = middle;
  }
  return low;
}

// The delay beyond whole frames; 0 unless low and high frequencies agree on it: a delay turns the phase in
// proportion to frequency, a filter's phase comes back to 0.
double fraction_from_phase(const CrossSpectrum& spectra) {
  const PhaseDelay all = phase_delay(spectra);
  if (std::abs(all.frames) < kSmallestFraction) return 0.0;
  const std::size_t middle = middle_bin(spectra, all.weight);
  const double low = phase_delay(spectra, 1, middle).frames;
  const double high = phase_delay(spectra, middle, spectra.xx.size() - 1).frames;
  if (std::abs(high - low) > kAgreement * std::abs(all.frames)) return 0.0;
  return std::clamp(all.frames, -0.5, 0.5);
}

// Where lags are looked for: the loudest stretch, and in recordings that tell of clocks one at either end.
std::vector<Stretch> lag_stretches(const audio::AudioBuffer& wet, int rate_hz) {
  const auto length = static_cast<std::int64_t>(wet.frames());
  const auto excerpt = static_cast<std::int64_t>(kDriftExcerptS * rate_hz);
  const bool tells_drift = length >= static_cast<std::int64_t>(kDriftMinS * rate_hz);
  std::vector<Stretch> out(tells_drift ? 3 : 1);
  parallel_for(out.size(), [&](std::size_t i) {
    if (i == 0) out[i] = loudest(wet, 0, length, static_cast<std::int64_t>(kExcerptS * rate_hz));
    if (i == 1) out[i] = loudest(wet, 0, length / 3, excerpt);
    if (i == 2) out[i] = loudest(wet, length - length / 3, length, excerpt);
  });
  return out;
}

// How many frames later the wet recording lies in the second of two places than in the first, both seen at
// `lag`. A filter turns the phases of both places alike and drops out of their difference: it may move the
// peak of a correlation by dozens of frames where all that sounds is low, or to another period of a note.
std::int64_t shift_between(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch early, Lag a,
                           Stretch late, Lag b, std::int64_t lag) {
  const CrossSpectrum both =
      phase_difference(average_spectra(dry, wet, early, lag), average_spectra(dry, wet, late, lag));
  const std::int64_t shift = agreed_delay(both, kFarFrames);
  return agreement(both, shift) > kDriftAgreement ? shift : b.frames - a.frames;
}

// How much slower the wet recording's clock runs, from the lags of two places far apart.
double find_drift_ppm(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, Stretch early, Lag a,
                      Stretch late, Lag b, std::int64_t lag) {
  const auto is_shift = [](std::int64_t frames) {
    return std::abs(static_cast<double>(frames)) >= kDriftMinFrames;
  };
  if (std::min(a.coherence, b.coherence) < kDriftCoherence || !is_shift(b.frames - a.frames)) return 0.0;
  // Low-pitched sound correlates nearly as well beside its lag: only where the other place's lag fits badly
  // is it drift.
  if (std::abs(correlation_at(dry, wet, late, a.frames)) > b.coherence - kDriftLoss) return 0.0;
  if (std::abs(correlation_at(dry, wet, early, b.frames)) > a.coherence - kDriftLoss) return 0.0;
  const std::int64_t shift = shift_between(dry, wet, early, a, late, b, lag);
  return is_shift(shift) ? 1e6 * static_cast<double>(shift) / static_cast<double>(late.first - early.first)
                         : 0.0;
}

double sinc_tap(double at) {
  const double half = 0.5 * kSincTaps;
  if (std::abs(at) >= half) return 0.0;
  const double t = at / half;
  const double kaiser =
      std::cyl_bessel_i(0.0, kSincBeta * std::sqrt(1.0 - t * t)) / std::cyl_bessel_i(0.0, kSincBeta);
  return kaiser * (at == 0.0 ? 1.0 : std::sin(kPi * at) / (kPi * at));
}

}  // namespace

Alignment find_alignment(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz,
                         const AlignmentOptions& options) {
  const auto length = static_cast<std::int64_t>(wet.frames());
  if (length == 0 || dry.frames() == 0) return {};
  const std::int64_t max_lag =
      std::min<std::int64_t>(static_cast<std::int64_t>(options.max_delay_s * rate_hz),
                             std::max<std::int64_t>(length, static_cast<std::int64_t>(dry.frames())));
  const std::vector<Stretch> stretches = lag_stretches(wet, rate_hz);
  std::vector<Lag> lags(stretches.size());
  parallel_for(lags.size(), [&](std::size_t i) { lags[i] = find_lag(dry, wet, stretches[i], max_lag); });
  const Stretch stretch = stretches.front();
  Lag lag = lags.front();
  lag.coherence = coherence_through_filter(dry, wet, stretch, lag);
  Alignment out;
  out.coherence = lag.coherence;
  if (lags.size() > 1)
    out.drift_ppm = find_drift_ppm(dry, wet, stretches[1], lags[1], stretches[2], lags[2], lag.frames);
  if (lag.coherence < kMinCoherence) return out;
  out.polarity = lag.polarity;
  out.delay_frames =
      lag.frames + agreed_delay(spectra_of(dry, wet, stretch, lag.frames, lag.polarity), kNearFrames);
  out.fraction_frames = fraction_from_phase(spectra_of(dry, wet, stretch, out.delay_frames, lag.polarity));
  if (out.fraction_frames != 0.0) {
    // Once more on what is left: the windows of the first look see a shifted recording.
    const audio::AudioBuffer aligned = align_wet(wet, out, dry.frames());
    const Stretch in_dry{std::max<std::int64_t>(0, stretch.first - out.delay_frames), stretch.frames};
    out.fraction_frames += phase_delay(average_spectra(dry, aligned, in_dry, 0)).frames;
  }
  return out;
}

audio::AudioBuffer align_wet(const audio::AudioBuffer& wet, const Alignment& alignment,
                             std::size_t dry_frames) {
  audio::AudioBuffer out(wet.channels(), dry_frames);
  std::array<double, kSincTaps> taps{};  // of wet[n + delay + k - kSincTaps / 2 + 1]
  const double sign = alignment.polarity == Polarity::flipped ? -1.0 : 1.0;
  for (int k = 0; k < kSincTaps; ++k) {
    taps[static_cast<std::size_t>(k)] = sign * sinc_tap(alignment.fraction_frames - (k - kSincTaps / 2 + 1));
  }
  const bool whole = alignment.fraction_frames == 0.0, clips = !whole && count_clipped(wet) > 0;
  const auto frames = static_cast<std::int64_t>(wet.frames());
  parallel_for(static_cast<std::size_t>(wet.channels()), [&](std::size_t channel) {
    const auto c = static_cast<int>(channel);
    const std::span<const float> from = wet.channel(c);
    const std::span<float> to = out.channel(c);
    for (std::size_t n = 0; n < dry_frames; ++n) {
      const std::int64_t centre = static_cast<std::int64_t>(n) + alignment.delay_frames;
      if (whole) {
        if (centre >= 0 && centre < frames)
          to[n] = static_cast<float>(sign * from[static_cast<std::size_t>(centre)]);
        continue;
      }
      double sum = 0.0, clipped = 0.0;
      for (int k = 0; k < kSincTaps; ++k) {
        const std::int64_t at = centre + k - kSincTaps / 2 + 1;
        if (at < 0 || at >= frames) continue;
        const double tap = taps[static_cast<std::size_t>(k)];
        sum += tap * from[static_cast<std::size_t>(at)];
        if (clips && is_clipped(from[static_cast<std::size_t>(at)])) clipped += std::abs(tap);
      }
      const auto between = static_cast<float>(sum);
      to[n] = clipped > kClippedShare ? std::copysign(1.0F, between) : between;
    }
  });
  return out;
}

}  // namespace aapp::fit

#include "analyze/fit/transfer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "analyze/fit/eq_target.h"
#include "analyze/fit/parallel.h"
#include "common/base/units.h"
#include "common/dsp/fft.h"

namespace aapp::fit {
namespace {

constexpr double kLowestHz = 15.0, kHighestOfRate = 0.49;
constexpr double kBandsPerOctave = 96.0;
constexpr double kFadeS = 0.25;
// Noise is a local mean over this many bands on either side, and at least this share of the signal.
constexpr std::ptrdiff_t kNoiseSpread = 8;
constexpr double kNoiseFloor = 1e-9;
constexpr std::size_t kTargetPoints = 240;
// Standard error of a target's point in dB beyond which it does not count, and below which all points count
// the same.
constexpr double kUselessDb = 3.0, kExactDb = 0.02;

std::size_t power_of_two(std::size_t at_least) {
  std::size_t size = 1;
  while (size < at_least) size *= 2;
  return size;
}

void load(std::span<const float> from, std::span<double> to, std::size_t fade) {
  std::ranges::fill(to, 0.0);
  const std::size_t frames = from.size();
  for (std::size_t n = 0; n < frames; ++n) {
    const std::size_t edge = std::min(n, frames - 1 - n);
    const double t = static_cast<double>(edge) / static_cast<double>(fade);
    to[n] = from[n] * (edge < fade ? 0.5 - 0.5 * std::cos(kPi * t) : 1.0);
  }
}

struct BandSums {
  double xx = 0.0, yy = 0.0, fxx = 0.0;
  std::complex<double> xy;
  std::size_t bins = 0;
};

// The first bins of all bands, and the end of the last.
std::vector<std::size_t> band_edges(std::size_t size, int rate_hz) {
  const double bins_per_hz = static_cast<double>(size) / rate_hz;
  const double highest_hz = kHighestOfRate * rate_hz;
  const auto count = static_cast<std::size_t>(kBandsPerOctave * std::log2(highest_hz / kLowestHz)) + 1;
  std::vector<std::size_t> edges;
  for (std::size_t i = 0; i <= count; ++i) {
    const double f = std::min(highest_hz, kLowestHz * std::exp2(static_cast<double>(i) / kBandsPerOctave));
    edges.push_back(static_cast<std::size_t>(std::ceil(f * bins_per_hz)));
  }
  return edges;
}

void add_bins(dsp::RealFft& x, dsp::RealFft& y, double hz_per_bin, std::size_t first, std::size_t end,
              BandSums& band) {
  for (std::size_t k = first; k < end; ++k) {
    const double xx = std::norm(x.spectrum()[k]);
    band.xx += xx;
    band.fxx += static_cast<double>(k) * hz_per_bin * xx;
    band.yy += std::norm(y.spectrum()[k]);
    band.xy += std::conj(x.spectrum()[k]) * y.spectrum()[k];
    ++band.bins;
  }
}

std::vector<BandSums> sum_bands(const audio::AudioBuffer& in, const audio::AudioBuffer& out, int rate_hz) {
  const std::size_t frames = std::min(in.frames(), kMaxTransferFrames);
  const std::size_t first = (in.frames() - frames) / 2;
  const auto fade =
      std::max<std::size_t>(1, std::min(frames / 4, static_cast<std::size_t>(kFadeS * rate_hz)));
  const std::size_t size = power_of_two(frames);
  std::array<std::optional<dsp::RealFft>, 2> ffts;
  // (Together: some megabytes to touch.)
  parallel_for(2, [&](std::size_t side) { ffts[side].emplace(size, dsp::RealFft::Ways::forward); });
  const std::vector<std::size_t> edges = band_edges(size, rate_hz);
  std::vector<BandSums> bands(edges.size() - 1);
  for (int c = 0; c < in.channels(); ++c) {
    parallel_for(2, [&](std::size_t side) {
      dsp::RealFft& fft = *ffts[side];
      load((side == 0 ? in : out).channel(c).subspan(first, frames), fft.signal(), fade);
      fft.forward();
    });
    parallel_for(bands.size(), [&](std::size_t b) {
      add_bins(*ffts[0], *ffts[1], static_cast<double>(rate_hz) / static_cast<double>(size), edges[b],
               edges[b + 1], bands[b]);
    });
  }
  return bands;
}

// What coherent sums leave unexplained, per bin, averaged over neighbouring bands.
std::vector<double> incoherent_power(const std::vector<BandSums>& bands) {
  std::vector<double> noise(bands.size());
  const auto count = static_cast<std::ptrdiff_t>(bands.size());
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    double left = 0.0, freedom = 0.0, power = 0.0, bins = 0.0;
    for (std::ptrdiff_t k = std::max<std::ptrdiff_t>(0, i - kNoiseSpread);
         k <= std::min(count - 1, i + kNoiseSpread); ++k) {
      const BandSums& band = bands[static_cast<std::size_t>(k)];
      if (band.bins < 2 || !(band.xx > 0.0)) continue;
      left += std::max(0.0, band.yy - std::norm(band.xy) / band.xx);
      freedom += static_cast<double>(band.bins - 1);
      power += band.yy, bins += static_cast<double>(band.bins);
    }
    if (freedom > 0.0)
      noise[static_cast<std::size_t>(i)] = std::max(left / freedom, kNoiseFloor * power / bins);
  }
  return noise;
}

double left_by_filter(const Transfer& transfer) {
  double left = transfer.yy;
  for (std::size_t i = 0; i < transfer.xx.size(); ++i) left -= std::norm(transfer.xy[i]) / transfer.xx[i];
  return left;
}

}  // namespace

Transfer measure_transfer(const audio::AudioBuffer& in, const audio::AudioBuffer& out, int rate_hz) {
  const std::vector<BandSums> bands = sum_bands(in, out, rate_hz);
  const std::vector<double> noise = incoherent_power(bands);
  Transfer transfer;
  transfer.rate_hz = rate_hz;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    transfer.yy += bands[i].yy;
    if (!(bands[i].xx > 0.0) || !(noise[i] > 0.0)) continue;
    transfer.frequency_hz.push_back(bands[i].fxx / bands[i].xx);
    transfer.xx.push_back(bands[i].xx);
    transfer.xy.push_back(bands[i].xy);
    transfer.power.push_back(bands[i].yy / static_cast<double>(bands[i].bins));
    transfer.noise.push_back(noise[i]);
  }
  return transfer;
}

void raise_noise(Transfer& transfer, double share) {
  if (transfer.power.empty()) return;
  const double floor = share * *std::ranges::max_element(transfer.power);
  for (double& noise : transfer.noise) noise = std::max(noise, floor);
}

double share_unexplained(const Transfer& transfer) {
  return transfer.yy > 0.0 ? std::clamp(left_by_filter(transfer) / transfer.yy, 0.0, 1.0) : 1.0;
}

double share_left_by_filter(const Transfer& transfer) {
  double difference = transfer.yy;
  for (std::size_t i = 0; i < transfer.xx.size(); ++i)
    difference += transfer.xx[i] - 2.0 * transfer.xy[i].real();
  return difference > 0.0 ? std::clamp(left_by_filter(transfer) / difference, 0.0, 1.0) : 1.0;
}

EqTarget transfer_target(const Transfer& transfer, Range range_hz) {
  EqTarget target;
  target.frequency_hz = log_grid(range_hz, kTargetPoints);
  const double half_step = std::sqrt(target.frequency_hz[1] / target.frequency_hz[0]);
  for (const double f : target.frequency_hz) {
    // Bands around the point, each with the precision that its energy over its noise gives.
    double precision = 0.0, sum_db = 0.0;
    const auto from = std::ranges::lower_bound(transfer.frequency_hz, f / half_step);
    const auto to = std::ranges::upper_bound(transfer.frequency_hz, f * half_step);
    for (auto it = from; it != to; ++it) {
      const auto i = static_cast<std::size_t>(it - transfer.frequency_hz.begin());
      const double gain = std::abs(transfer.xy[i]) / transfer.xx[i];
      if (!(gain > 0.0)) continue;
      const double p = gain * gain * transfer.xx[i] / transfer.noise[i];
      precision += p;
      sum_db += p * gain_to_db(gain);
    }
    const double error_db =
        precision > 0.0 ? gain_to_db(std::exp(1.0)) / std::sqrt(2.0 * precision) : kUselessDb;
    target.gain_db.push_back(precision > 0.0 ? sum_db / precision : 0.0);
    target.weight.push_back(error_db < kUselessDb ? 1.0 / std::max(error_db, kExactDb) : 0.0);
  }
  return target;
}

}  // namespace aapp::fit

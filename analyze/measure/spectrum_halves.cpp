#include "analyze/measure/spectrum_halves.h"

#include <utility>

#include "analyze/measure/distance.h"
#include "analyze/measure/third_octave.h"

namespace aapp::measure {

namespace {
constexpr std::size_t kFewestPieces = 8;
}

SpectrumHalves::SpectrumHalves(double rate_hz, double bin_hz) : rate_hz_(rate_hz), bin_hz_(bin_hz) {}

void SpectrumHalves::segment_added(std::span<const std::vector<double>> sums) {
  if (++segments_ % segments_per_piece_ != 0) return;
  std::vector<double> all(sums.front().size(), 0.0);
  for (const std::vector<double>& channel : sums) {
    for (std::size_t k = 0; k < all.size(); ++k) all[k] += channel[k];
  }
  up_to_.push_back(band_powers(CumulativePower(all, bin_hz_), third_octave_bands(), rate_hz_));
  if (up_to_.size() < 2 * kFewestPieces) return;
  for (std::size_t piece = 0; piece < kFewestPieces; ++piece)
    up_to_[piece] = std::move(up_to_[2 * piece + 1]);
  up_to_.resize(kFewestPieces);
  segments_per_piece_ *= 2;
}

std::optional<double> SpectrumHalves::apart_db() const {
  if (up_to_.size() < kFewestPieces) return std::nullopt;
  const Spectrum first{.density = {}, .third_octaves = up_to_[up_to_.size() / 2 - 1], .erbs = {}};
  Spectrum second{.density = {}, .third_octaves = up_to_.back(), .erbs = {}};
  for (std::size_t i = 0; i < second.third_octaves.size(); ++i)
    second.third_octaves[i].power -= first.third_octaves[i].power;
  const auto apart = ltas_distance(first, second, LtasBands::shared_energy);
  return apart ? std::optional(apart->rms_db) : std::nullopt;
}

}  // namespace aapp::measure

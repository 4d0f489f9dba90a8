#include "analyze/measure/ltas.h"

#include <algorithm>

#include "analyze/measure/erb.h"
#include "analyze/measure/third_octave.h"

namespace aapp::measure {

namespace {

constexpr std::size_t kSegmentFrames = 8192;
constexpr double kWidestBinHz = 12.0;

std::vector<double> mean_density(const std::vector<std::vector<double>>& channels) {
  std::vector<double> mean(channels.front().size(), 0.0);
  for (const std::vector<double>& channel : channels) {
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += channel[k];
  }
  for (double& value : mean) value /= static_cast<double>(channels.size());
  return mean;
}

// Density of (left + sign * right) / 2.
std::vector<double> mid_side_density(const WelchResult& stereo, double sign) {
  std::vector<double> density(stereo.cross.size());
  for (std::size_t k = 0; k < density.size(); ++k) {
    const double sum = stereo.channels[0][k] + stereo.channels[1][k] + 2.0 * sign * stereo.cross[k];
    density[k] = std::max(0.0, 0.25 * sum);
  }
  return density;
}

}  // namespace

std::size_t ltas_segment_frames(double rate_hz) {
  std::size_t frames = kSegmentFrames;
  while (rate_hz / static_cast<double>(frames) > kWidestBinHz) frames *= 2;
  return frames;
}

Spectrum make_spectrum(std::vector<double> density, double bin_hz, double rate_hz) {
  const CumulativePower power(density, bin_hz);
  return {.density = std::move(density),
          .third_octaves = band_powers(power, third_octave_bands(), rate_hz),
          .erbs = band_powers(power, erb_bands(), rate_hz)};
}

LtasMeter::LtasMeter(int channels, double rate_hz)
    : rate_hz_(rate_hz),
      welch_(channels, ltas_segment_frames(rate_hz), rate_hz),
      frames_to_segment_(ltas_segment_frames(rate_hz)),
      halves_(rate_hz, rate_hz / static_cast<double>(ltas_segment_frames(rate_hz))) {}

// Cut where segments end, so that pieces hold whole ones however the blocks come.
void LtasMeter::push(audio::ConstAudioView block) {
  for (std::size_t done = 0; done < block.frames();) {
    const std::size_t count = std::min(frames_to_segment_, block.frames() - done);
    welch_.push(block.slice(done, count));
    done += count;
    frames_to_segment_ -= count;
    if (frames_to_segment_ > 0) continue;
    frames_to_segment_ = welch_.hop_frames();
    halves_.segment_added(welch_.sums());
  }
}

Ltas LtasMeter::finish() {
  WelchResult result = welch_.finish();
  if (result.segments == 0) return {};
  const auto spectrum = [&](std::vector<double> density) {
    return make_spectrum(std::move(density), result.bin_hz, rate_hz_);
  };
  Ltas ltas;
  ltas.halves_apart_db = halves_.apart_db();
  ltas.segment_frames = result.segment_frames;
  ltas.segments = result.segments;
  ltas.bin_hz = result.bin_hz;
  ltas.mean = spectrum(mean_density(result.channels));
  if (result.channels.size() == 2) {
    ltas.mid = spectrum(mid_side_density(result, 1.0));
    ltas.side = spectrum(mid_side_density(result, -1.0));
  }
  for (std::vector<double>& channel : result.channels) ltas.channels.push_back(spectrum(std::move(channel)));
  return ltas;
}

}  // namespace aapp::measure

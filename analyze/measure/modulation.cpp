#include "analyze/measure/modulation.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/band_grid.h"
#include "common/base/units.h"

namespace aapp::measure {

namespace {
constexpr std::size_t kSegmentFrames = 1024;  // 5.1 s at 200 Hz: 0.2 Hz bins
constexpr double kLeastDepth = 1e-3;
}  // namespace

double modulation_level_db(const ModulationBand& band) {
  return gain_to_db(std::max(band.depth, kLeastDepth));
}

ModulationMeter::ModulationMeter(double control_rate_hz) : welch_(1, kSegmentFrames, control_rate_hz) {}

void ModulationMeter::push(double power) {
  const auto amplitude = static_cast<float>(std::sqrt(power));
  const float* const channel = &amplitude;
  welch_.push({&channel, 1, 1});
  sum_ += static_cast<double>(amplitude);
  count_ += 1.0;
}

ModulationSpectrum ModulationMeter::finish() {
  ModulationSpectrum spectrum{};
  const WelchResult result = welch_.finish();
  if (result.segments == 0 || !(sum_ > 0.0)) return spectrum;
  const CumulativePower power(result.channels.front(), result.bin_hz);
  const double mean = sum_ / count_;
  for (std::size_t i = 0; i < kModulationCount; ++i) {
    const double low_hz = kModulationCentresHz[i] * std::exp2(-0.5);
    spectrum[i].in_range = low_hz >= 0.5 * result.bin_hz;
    if (spectrum[i].in_range) spectrum[i].depth = std::sqrt(power.between(low_hz, 2.0 * low_hz)) / mean;
  }
  return spectrum;
}

}  // namespace aapp::measure

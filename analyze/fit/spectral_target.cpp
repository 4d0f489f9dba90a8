#include "analyze/fit/spectral_target.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/third_octave.h"

namespace aapp::fit {

namespace {

constexpr std::size_t kCellsPerBand = 8;
// Of a spectrum with a Hann window: what lies nearer is one line to it.
constexpr double kBinsApart = 2.0;

constexpr double kOuterWeight = 0.03;     // bands that distances do not look at
constexpr double kQuietReference = 0.03;  // the reference has nothing there
constexpr double kQuietSource = 0.01;     // the source has nothing there

// A source's band further than this under its strongest is left alone: there is nothing to raise but the
// floor of its format. Wider than what distances look at, since a reference may show what the source barely
// has.
constexpr double kLiftableRangeDb = 95.0;

struct BandTask {
  std::size_t index;
  double gain_db;
  double weight;
};

bool inside_distance(std::size_t band) {
  return band >= measure::kDistanceFirst && band < measure::kDistanceFirst + measure::kDistanceCount;
}

double strongest_db(const measure::Spectrum& spectrum) {
  double strongest = 0.0;
  for (const measure::BandPower& band : spectrum.third_octaves) strongest = std::max(strongest, band.power);
  return measure::band_level_db(strongest);
}

double weight_of(std::size_t band, const measure::BandPower& source, const measure::BandPower& reference,
                 double source_floor_db) {
  if (measure::band_level_db(source.power) < source_floor_db) return kQuietSource;
  if (!reference.has_energy) return kQuietReference;
  return inside_distance(band) ? 1.0 : kOuterWeight;
}

// Equal slices of the band in log frequency, each with the source's share of power in it.
void append_cells(const measure::CumulativePower& power, const measure::Band& band, std::size_t point,
                  std::vector<PowerCell>& cells) {
  const double ratio = std::pow(band.high_hz / band.low_hz, 1.0 / double{kCellsPerBand});
  const double total = power.between(band.low_hz, band.high_hz);
  double low_hz = band.low_hz;
  for (std::size_t c = 0; c < kCellsPerBand; ++c) {
    const double high_hz = low_hz * ratio;
    const double share = total > 0.0 ? power.between(low_hz, high_hz) / total : 1.0 / double{kCellsPerBand};
    cells.push_back({.point = point, .frequency_hz = std::sqrt(low_hz * high_hz), .share = share});
    low_hz = high_hz;
  }
}

// Gains relative to the mean of the bands that count, limited to what filters may do.
void limit_gains(std::vector<BandTask>& tasks, double max_gain_db) {
  double sum = 0.0;
  double weight = 0.0;
  for (const BandTask& task : tasks) {
    if (task.weight < 1.0) continue;
    sum += task.gain_db;
    weight += 1.0;
  }
  const double mean_db = weight > 0.0 ? sum / weight : 0.0;
  for (BandTask& task : tasks) {
    const double relative_db = task.gain_db - mean_db;
    // A band that one side does not fill says in which direction, not how far.
    const double limit_db = task.weight < kQuietReference ? 0.5 * max_gain_db : max_gain_db;
    if (task.weight < 1.0) task.gain_db = mean_db + std::clamp(relative_db, -limit_db, limit_db);
  }
}

void find_edges(const measure::Spectrum& source, const measure::Spectrum& reference, SpectralTarget& target) {
  const auto bands = measure::third_octave_bands();
  const auto holds = [](const measure::Spectrum& spectrum, std::size_t i) {
    return spectrum.third_octaves[i].has_energy;
  };
  std::size_t first = 0;
  std::size_t end = bands.size();
  while (first < end && !holds(reference, first)) ++first;
  while (end > first && !holds(reference, end - 1)) --end;
  if (first == end) return;
  if (first > 0 && holds(source, first - 1)) target.reference_low_hz = bands[first].low_hz;
  if (end < bands.size() && holds(source, end)) target.reference_high_hz = bands[end - 1].high_hz;
}

}  // namespace

SpectralTarget spectral_target(const measure::Ltas& source, const measure::Ltas& reference,
                               const SpectralTargetOptions& options) {
  SpectralTarget target;
  if (source.empty() || reference.empty()) return target;
  target.resolution_hz = kBinsApart * source.bin_hz;
  const auto bands = measure::third_octave_bands();
  const double floor_db = strongest_db(source.mean) - kLiftableRangeDb;
  std::vector<BandTask> tasks;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const measure::BandPower& s = source.mean.third_octaves[i];
    const measure::BandPower& r = reference.mean.third_octaves[i];
    if (!s.in_range || !r.in_range || !(s.power > 0.0) || !(r.power > 0.0)) continue;
    if (!options.frequency_hz.contains(bands[i].centre_hz)) continue;
    const double difference_db = measure::band_level_db(r.power) - measure::band_level_db(s.power);
    tasks.push_back({i, options.amount * difference_db, weight_of(i, s, r, floor_db)});
  }
  limit_gains(tasks, options.max_gain_db);

  const measure::CumulativePower power(source.mean.density, source.bin_hz);
  for (const BandTask& task : tasks) {
    append_cells(power, bands[task.index], target.band.size(), target.curve.cells);
    target.band.push_back(task.index);
    target.curve.frequency_hz.push_back(bands[task.index].centre_hz);
    target.curve.gain_db.push_back(task.gain_db);
    target.curve.weight.push_back(task.weight);
    target.wanted_db.push_back(measure::band_level_db(source.mean.third_octaves[task.index].power) +
                               task.gain_db);
  }
  find_edges(source.mean, reference.mean, target);
  return target;
}

std::vector<double> missing_db(const SpectralTarget& target, const measure::Ltas& result) {
  std::vector<double> missing(target.band.size(), 0.0);
  if (result.empty()) return missing;
  std::vector<std::size_t> heard;
  double mean_db = 0.0;
  for (std::size_t k = 0; k < target.band.size(); ++k) {
    const double power = result.mean.third_octaves[target.band[k]].power;
    if (target.curve.weight[k] < 1.0 || !(power > 0.0)) continue;
    missing[k] = target.wanted_db[k] - measure::band_level_db(power);
    mean_db += missing[k];
    heard.push_back(k);
  }
  for (const std::size_t k : heard) missing[k] -= mean_db / static_cast<double>(heard.size());
  return missing;
}

void correct_target(SpectralTarget& target, std::span<const double> residual_db, const measure::Ltas& result,
                    double share) {
  if (result.empty()) return;
  const std::vector<double> missing = missing_db(target, result);
  for (std::size_t k = 0; k < target.band.size(); ++k) {
    const bool heard = target.curve.weight[k] >= 1.0 && result.mean.third_octaves[target.band[k]].power > 0.0;
    if (heard) target.curve.gain_db[k] += residual_db[k] + share * missing[k];
  }
}

}  // namespace aapp::fit

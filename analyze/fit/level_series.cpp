#include "analyze/fit/level_series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analyze/fit/random.h"
#include "common/base/units.h"
#include "common/dsp/compressor_model.h"

namespace aapp::fit {

namespace {

constexpr double kStepRateHz = 8000.0;
constexpr std::size_t kSinesPerOctave = 8;
constexpr std::size_t kCellsPerSlot = 10;  // of a synthetic series: 10 ms

float peak_level_db(double amplitude) {
  return static_cast<float>(dsp::detected_db(dsp::Detector::peak, amplitude));
}

double linked_amplitude(const audio::AudioBuffer& audio, std::size_t frame) {
  float largest = 0.0F;
  for (int c = 0; c < audio.channels(); ++c) largest = std::max(largest, std::abs(audio.channel(c)[frame]));
  return static_cast<double>(largest);
}

double mean_power(const audio::AudioBuffer& audio, std::size_t first, std::size_t frames) {
  double sum = 0.0;
  for (int c = 0; c < audio.channels(); ++c) {
    for (const float x : audio.channel(c).subspan(first, frames))
      sum += static_cast<double>(x) * static_cast<double>(x);
  }
  return sum / static_cast<double>(frames * static_cast<std::size_t>(audio.channels()));
}

// A Gaussian-like wave of `slots` values, 100 a second, with the swing that each octave of modulation asks
// for.
std::vector<double> modulation_wave(const measure::ModulationSpectrum& modulation, std::size_t slots,
                                    Random& random) {
  std::vector<double> wave(slots, 0.0);
  for (std::size_t band = 0; band < measure::kModulationCount; ++band) {
    const double centre_hz = measure::kModulationCentresHz[band];
    // An octave that the profile cannot tell still gets a little, so that the order of levels is never void.
    const double depth = std::max(modulation[band].depth, 1e-3);
    for (std::size_t s = 0; s < kSinesPerOctave; ++s) {
      const double f_hz = random.log_uniform(centre_hz / std::sqrt(2.0), centre_hz * std::sqrt(2.0));
      const double phase = 2.0 * kPi * random.uniform();
      for (std::size_t i = 0; i < slots; ++i)
        wave[i] += depth * std::sin(2.0 * kPi * f_hz * static_cast<double>(i) / 100.0 + phase);
    }
  }
  return wave;
}

// The levels of a distribution put into the order of the wave.
std::vector<double> levels_in_order_of(const std::vector<double>& wave,
                                       const std::vector<measure::WeightedLevel>& distribution) {
  std::vector<std::size_t> rank(wave.size());
  std::iota(rank.begin(), rank.end(), std::size_t{0});
  std::sort(rank.begin(), rank.end(),
            [&](std::size_t a, std::size_t b) { return wave[a] != wave[b] ? wave[a] < wave[b] : a < b; });
  double total = 0.0;
  for (const measure::WeightedLevel& level : distribution) total += level.weight;
  std::vector<double> levels_db(wave.size());
  std::size_t bin = 0;
  double below = 0.0;
  for (std::size_t r = 0; r < rank.size(); ++r) {
    const double wanted = total * (static_cast<double>(r) + 0.5) / static_cast<double>(rank.size());
    while (bin + 1 < distribution.size() && below + distribution[bin].weight < wanted)
      below += distribution[bin++].weight;
    levels_db[rank[r]] = distribution[bin].level_db;
  }
  return levels_db;
}

}  // namespace

LevelSeries level_series(const audio::AudioBuffer& audio, int rate_hz) {
  const auto stride = static_cast<std::size_t>(std::max(1.0, std::floor(rate_hz / kStepRateHz)));
  const std::size_t cell_frames = stride * kStepsPerCell;
  const std::size_t cells = audio.channels() > 0 ? audio.frames() / cell_frames : 0;
  LevelSeries series{.step_rate_hz = static_cast<double>(rate_hz) / static_cast<double>(stride),
                     .level_db = std::vector<float>(cells * kStepsPerCell),
                     .power = std::vector<float>(cells)};
  for (std::size_t i = 0; i < series.level_db.size(); ++i)
    series.level_db[i] = peak_level_db(linked_amplitude(audio, i * stride));
  for (std::size_t c = 0; c < cells; ++c)
    series.power[c] = static_cast<float>(mean_power(audio, c * cell_frames, cell_frames));
  return series;
}

LevelSeries synthetic_level_series(const measure::TrackProfile& profile, double seconds, std::uint64_t seed) {
  LevelSeries series{.step_rate_hz = kStepRateHz, .level_db = {}, .power = {}};
  const std::vector<measure::WeightedLevel> distribution = profile.envelope.levels[0].levels();
  if (distribution.empty()) return series;
  Random random(seed);
  const auto slots = static_cast<std::size_t>(seconds * 100.0);
  const std::vector<double> levels_db =
      levels_in_order_of(modulation_wave(profile.envelope.modulation, slots, random), distribution);
  for (const double level_db : levels_db) {
    const double rms = db_to_gain(level_db);
    for (std::size_t c = 0; c < kCellsPerSlot; ++c) {
      series.power.push_back(static_cast<float>(rms * rms));
      for (std::size_t s = 0; s < kStepsPerCell; ++s)
        series.level_db.push_back(peak_level_db(rms * std::abs(random.bell())));
    }
  }
  return series;
}

}  // namespace aapp::fit

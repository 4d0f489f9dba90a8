// What a recording does over time, as statistics: peak and RMS, level distributions at three time scales,
// slopes, modulation, noise floor, silence, DC. Power is the mean over channels; memory is flat but for the
// 50 ms levels (20 floats a second).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyze/measure/level_distribution.h"
#include "analyze/measure/modulation.h"
#include "analyze/measure/slopes.h"
#include "common/audio/buffer.h"

namespace aapp::measure {

inline constexpr std::array kLevelQuantiles{0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99};
inline constexpr std::size_t kLevelScaleCount = 3;
inline constexpr std::array<double, kLevelScaleCount> kLevelWindowsMs{10.0, 50.0, 400.0};
inline constexpr std::size_t kMainScale = 1;  // 50 ms: the scale of the level distribution in distances

struct EnvelopeStats {
  double peak = 0.0;        // largest |sample|, 1.0 = full scale
  double mean_power = 0.0;  // mean square of all samples
  double dc = 0.0;          // the mean of the channel where it is largest in size, signed
  std::array<LevelHistogram, kLevelScaleCount> levels;  // absolute, dB of mean square
  std::vector<float> levels_50ms_db;                    // in order of time; empty in averages
  SlopeHistograms slopes;
  ModulationSpectrum modulation{};

  // All of these are kSilenceDb (crest: 0) where there is no sound.
  double peak_db() const;
  double rms_db() const;
  double crest_db() const;
  // The level that the quietest twentieth of the 50 ms windows stay under, digital silence left out.
  double noise_floor_db() const;
  // Share of 50 ms windows more than kLevelRangeDb under the loudest, or digitally silent; 1 for no sound at
  // all.
  double silence_share() const;
  // 50 ms levels relative to the mean energy: what distances compare. From the sequence where there is one.
  std::vector<WeightedLevel> relative_levels_50ms() const;

  bool operator==(const EnvelopeStats&) const = default;
};

class EnvelopeMeter {
 public:
  EnvelopeMeter(int channels, double rate_hz);
  void push(audio::ConstAudioView block);
  EnvelopeStats finish();

 private:
  // Sums power over windows of a fixed number of frames.
  struct Window {
    std::int64_t frames = 1;
    std::int64_t held = 0;
    double sum = 0.0;
  };
  template <class Take>
  void cut(Window& window, Take take);
  void add_level(std::size_t scale, double power);

  std::vector<double> power_;         // mean over channels of this block's frames
  std::vector<double> channel_sums_;  // for DC
  std::array<Window, kLevelScaleCount> windows_;
  Window control_;
  SlopeMeter slope_meter_;
  ModulationMeter modulation_meter_;
  double power_sum_ = 0.0;
  std::int64_t frames_ = 0;
  EnvelopeStats stats_;
};

}  // namespace aapp::measure

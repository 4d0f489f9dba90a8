// How fast a recording gets louder and quieter: histograms of the slope of its smoothed envelope. A
// compressor's attack and release leave their mark here.
//
// The envelope is power over control frames of about 5 ms, smoothed by (1, 2, 1) / 4, which keeps exponential
// rises and decays exact; the slope is the difference of its level over two control frames.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace aapp::measure {

inline constexpr double kControlFrameMs = 5.0;

inline constexpr double kSlopeLowDbPerS = 10.0;  // below: steady
inline constexpr std::size_t kSlopeBinCount =
    20;  // two per octave: 10 to 10240 dB/s, faster ones in the last
using SlopeCounts = std::array<double, kSlopeBinCount>;

struct SlopeHistograms {
  SlopeCounts rising{};  // shares of time (0 to 1) by steepness
  SlopeCounts falling{};
  double steady =
      0.0;  // share with less than kSlopeLowDbPerS; all three sum to 1, or to 0 where nothing sounded
  bool operator==(const SlopeHistograms&) const = default;
};

// Lower edge of a bin.
double slope_bin_db_per_s(std::size_t bin);

class SlopeMeter {
 public:
  explicit SlopeMeter(double control_rate_hz);
  // One control frame: mean power of its samples. Allocates nothing.
  void push(double power);
  // Slopes count where both their ends are within kLevelRangeDb of the loudest envelope level.
  SlopeHistograms finish() const;

 private:
  struct Row {
    SlopeCounts rising{}, falling{};
    double steady = 0.0;
  };
  void count(double from_db, double to_db);

  double control_rate_hz_;
  std::array<double, 3> powers_{};     // the last three, newest last
  std::array<double, 3> levels_db_{};  // of the smoothed envelope
  std::int64_t pushed_ = 0;
  double loudest_db_;
  std::vector<Row> rows_;  // by the lower end's level, so that the gate can be set when the loudest is known
};

}  // namespace aapp::measure

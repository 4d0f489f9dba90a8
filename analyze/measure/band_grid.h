// Frequency bands and the power that a spectrum puts into them. A grid is a list of bands in rising order;
// the two that measures use are third_octave.h and erb.h.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace aapp::measure {

struct Band {
  double low_hz = 0.0;
  double centre_hz = 0.0;
  double high_hz = 0.0;
  bool operator==(const Band&) const = default;
};

// Stands for minus infinity wherever a level in dB must be a number: digital silence. JSON writes it as null.
inline constexpr double kSilenceDb = -300.0;

// A band takes part in what is measured only below this part of the Nyquist frequency: above it anti-alias
// filters rule.
inline constexpr double kUsableNyquist = 0.95;

// Power found in one band of a grid.
struct BandPower {
  double power = 0.0;     // mean square; a sine of amplitude 1 has 0.5
  bool in_range = false;  // the band lies below kUsableNyquist of the Nyquist frequency
  bool has_energy =
      false;  // in range and within kEnergyRangeDb of the strongest band: it can be compared and equalised
  bool operator==(const BandPower&) const = default;
};

// Bands this far under the strongest one hold what is left of noise, dither and codecs rather than the
// recording.
inline constexpr double kEnergyRangeDb = 75.0;

// 10 log10 of the power; kSilenceDb for none.
double band_level_db(double power);

// The integral of a power density from 0 Hz up. Bin k stands for the stretch from half a bin under its
// frequency to half a bin above it, with constant density; bands that end inside a bin take that part of it.
class CumulativePower {
 public:
  // density[k]: one-sided power per Hz at k * bin_hz. Allocates.
  CumulativePower(std::span<const double> density, double bin_hz);

  // Power between two frequencies, 0 <= low_hz <= high_hz; what lies above the last bin counts as 0.
  double between(double low_hz, double high_hz) const;

 private:
  double up_to(double frequency_hz) const;

  std::vector<double> sum_;  // sum_[k]: power below bin k's lower edge
  double bin_hz_;
};

// The power of a density in each band of a grid, with its flags.
std::vector<BandPower> band_powers(const CumulativePower& power, std::span<const Band> bands, double rate_hz);

}  // namespace aapp::measure

// How steady a recording's spectrum is: how far apart those of its first and second half are. A recording is
// one draw of the notes that it might have held; where its halves differ by several dB, its average is not
// known to half a dB. Of sound whose length nobody knows before it ends, in flat memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/measure/band_grid.h"

namespace aapp::measure {

class SpectrumHalves {
 public:
  SpectrumHalves(double rate_hz, double bin_hz);

  // After each segment: power spectra summed over all segments so far, per channel. Allocates.
  void segment_added(std::span<const std::vector<double>> sums);

  // RMS difference of the halves' third octaves as ltas_distance has it, in dB, to within a fifteenth of the
  // length; absent for fewer than 8 segments or silence.
  std::optional<double> apart_db() const;

 private:
  double rate_hz_, bin_hz_;
  std::int64_t segments_ = 0, segments_per_piece_ = 1;
  // Third octaves summed up to the end of each piece. Pieces are of equal length; whenever there are 16, two
  // become one.
  std::vector<std::vector<BandPower>> up_to_;
};

}  // namespace aapp::measure

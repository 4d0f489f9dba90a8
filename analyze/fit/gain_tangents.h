// The compressor's reduction, frame by frame, with its derivatives by the compressor's own coordinates and by
// whatever else moves the level that drives it: the coordinates of an equaliser before it. One gain; linked
// channels share one. For compressors alone compressor_sensitivity.h is quicker.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "analyze/fit/compressor_sensitivity.h"

namespace aapp::fit {

// Coordinates that pass through the recursion: threshold to window (CompressorCoordinate), then those of the
// driver.
inline constexpr std::size_t kCarriedCoordinates = kLnWindow + 1;

class GainTangents {
 public:
  virtual ~GainTangents() = default;
  // The next frame. `raw` as dsp::detect or dsp::detect_linked gives it, raw_by its derivatives by the
  // driver's coordinates. Returns the dB over the threshold, smoothed, 0 or more; `by` receives its
  // derivatives by all carried coordinates, valid until the next call.
  virtual double step(double raw, std::span<const double> raw_by, std::span<const double>& by) = 0;
};

// From the released state. At most kMaxDriverCoordinates.
inline constexpr std::size_t kMaxDriverCoordinates = 96;
std::unique_ptr<GainTangents> make_gain_tangents(const effects::CompressorParams& topology,
                                                 const CompressorPoint& point, std::size_t driver_coordinates,
                                                 double rate_hz);

}  // namespace aapp::fit

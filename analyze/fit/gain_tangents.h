// The compressor's reduction, tile by tile, with its derivatives by the compressor's own coordinates and by
// whatever else moves the level that drives it: the coordinates of an equaliser before it. One gain; linked
// channels share one. For compressors alone compressor_sensitivity.h is quicker.
#pragma once

#include <cstddef>
#include <memory>

#include "analyze/fit/compressor_sensitivity.h"
#include "analyze/fit/gain_tiles.h"
#include "common/dsp/vec.h"

namespace aapp::fit {

// Derivatives come four to a vector: those by threshold, knee, ln attack, ln release; by ln window, and three
// zeros; and from here on those by the driver's coordinates, padded with zeros.
inline constexpr std::size_t kOwnGroups = 2;
inline constexpr std::size_t kMaxDriverGroups = 24;

class GainTangents {
 public:
  virtual ~GainTangents() = default;
  GainTangents(const GainTangents&) = delete;
  GainTangents& operator=(const GainTangents&) = delete;

  // The next frames, at most kTileFrames. `raw` as dsp::detect or dsp::detect_linked gives it; raw_by: its
  // derivatives by the driver's coordinates, all groups of a frame together.
  virtual void run(const double* raw, const dsp::VecCell* raw_by, std::size_t frames) = 0;

  // Of the n-th of these frames: the dB over the threshold, smoothed, 0 or more; its derivatives, kOwnGroups
  // and then the driver's groups.
  double over(std::size_t n) const { return over_[n]; }
  const dsp::Vec* by(std::size_t n) const { return by_ + n * groups_; }

 protected:
  GainTangents(const double* over, const dsp::Vec* by, std::size_t groups)
      : over_(over), by_(by), groups_(groups) {}

 private:
  const double* over_;
  const dsp::Vec* by_;
  std::size_t groups_;
};

// From the released state. At most kMaxDriverGroups.
std::unique_ptr<GainTangents> make_gain_tangents(const effects::CompressorParams& topology,
                                                 const CompressorPoint& point, std::size_t driver_groups,
                                                 double rate_hz);

}  // namespace aapp::fit

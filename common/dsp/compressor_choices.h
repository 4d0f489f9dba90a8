// A compressor's choices as constants of the compiler's, so that a loop inside has no branch: what the
// kernels of the effect and of the fit do with a topology.
#pragma once

#include <type_traits>

#include "common/dsp/compressor_model.h"
#include "common/dsp/level_detector.h"
#include "common/dsp/simd.h"

namespace aapp::dsp {

// What averages x^2 differs only in the averaging, which has its own loops.
template <class Body>
AAPP_KERNEL_INLINE void for_detector(Detector detector, Body&& body) {
  if (detector == Detector::peak) return body(std::integral_constant<Detector, Detector::peak>{});
  body(std::integral_constant<Detector, Detector::rms>{});
}

template <class Body>
AAPP_KERNEL_INLINE void for_smoothing(Smoothing smoothing, Body&& body) {
  switch (smoothing) {
    case Smoothing::gain_db:
      return body(std::integral_constant<Smoothing, Smoothing::gain_db>{});
    case Smoothing::level_db:
      return body(std::integral_constant<Smoothing, Smoothing::level_db>{});
    case Smoothing::level_linear:
      return body(std::integral_constant<Smoothing, Smoothing::level_linear>{});
    case Smoothing::level_power:
      return body(std::integral_constant<Smoothing, Smoothing::level_power>{});
  }
}

}  // namespace aapp::dsp

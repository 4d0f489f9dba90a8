// How well bytes make sense as samples of a given format: the number of bits that a lossless coder would need
// for them. Sound in its own format is predictable from sample to sample and takes few; the same bytes read
// with another width, type, order, offset or number of channels are noise and take all. The principle is
// minimum description length (J. Rissanen, "Modeling by shortest data description", Automatica 14, 1978); the
// coder is that of Shorten (T. Robinson 1994), fixed polynomial predictors and a Laplacian residual, without
// writing the code.
#pragma once

#include <cstddef>
#include <span>

#include "common/audio/pcm_format.h"

namespace aapp::inspect {

// A way to read bytes.
struct Reading {
  audio::PcmFormat format{};
  int channels = 1;
  std::size_t skip_bytes = 0;  // before the first sample
  bool operator==(const Reading&) const = default;
};

// Bits per byte, 0 to about 9: 8 is incompressible, more is implausible (floats that are no audio). Channels
// that are pure noise and unusual formats cost a little extra, so that of two readings that explain the bytes
// alike the plainer wins. Infinite for less than one block of samples. Allocates.
double code_length(std::span<const std::byte> bytes, const Reading& reading);

}  // namespace aapp::inspect

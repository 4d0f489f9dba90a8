// How samples lie in bytes, and the conversions to and from float: the one place where integers meet floats.
//
// From integers: divided by 2^(bits-1), exact in float32 up to 24 bits. To integers: scaled by 2^(bits-1),
// dithered on request, rounded to nearest (ties to even), clamped; a value beyond full scale clips and never
// wraps. Hence any integer of up to 24 bits survives integer -> float -> integer bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aapp::audio {

enum class PcmEncoding { u8, s8, s16, s24, s32, f32, f64 };
enum class ByteOrder { little, big };

struct PcmFormat {
  PcmEncoding encoding = PcmEncoding::f32;
  ByteOrder order = ByteOrder::little;
  bool operator==(const PcmFormat&) const = default;
};

constexpr std::size_t bytes_per_sample(PcmEncoding encoding) {
  switch (encoding) {
    case PcmEncoding::u8:
    case PcmEncoding::s8:
      return 1;
    case PcmEncoding::s16:
      return 2;
    case PcmEncoding::s24:
      return 3;
    case PcmEncoding::s32:
    case PcmEncoding::f32:
      return 4;
    case PcmEncoding::f64:
      return 8;
  }
  return 0;
}

constexpr bool is_integer(PcmEncoding encoding) {
  return encoding != PcmEncoding::f32 && encoding != PcmEncoding::f64;
}

enum class Dither { none, tpdf };

// Float to integer of 1 to 32 bits, with what has to be remembered from sample to sample: the dither's
// generator and the count of clipped samples. Same samples in, same integers out, however they are cut into
// calls.
class Quantizer {
 public:
  // TPDF dither is two uniform values of one step each (Lipshitz, Wannamaker, Vanderkooy 1992), from a fixed
  // seed. The nearest steps to a full-scale signal clip with it, so its peak counts one step more.
  Quantizer(int bits, Dither dither) noexcept;

  // Requires finite samples and integers.size() == samples.size().
  void quantize(std::span<const float> samples, std::span<std::int32_t> integers) noexcept;
  // Samples beyond full scale so far. The positive full scale 1.0 itself has no integer and becomes the
  // largest one; that is not counted.
  std::int64_t clipped() const noexcept { return clipped_; }

 private:
  double scale_, max_;
  std::uint64_t state_;
  Dither dither_;
  std::int64_t clipped_ = 0;
};

// Interleaved samples to bytes and back. `bytes.size() == samples.size() *
// bytes_per_sample(format.encoding)`. The quantizer must have been made with the encoding's bits; floats do
// not use it.
void encode_pcm(std::span<const float> samples, PcmFormat format, Quantizer& quantizer,
                std::span<std::byte> bytes) noexcept;
void decode_pcm(std::span<const std::byte> bytes, PcmFormat format, std::span<float> samples) noexcept;

}  // namespace aapp::audio

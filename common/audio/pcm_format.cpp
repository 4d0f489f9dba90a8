#include "common/audio/pcm_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>

namespace aapp::audio {
namespace {

constexpr ByteOrder kNative = std::endian::native == std::endian::little ? ByteOrder::little : ByteOrder::big;

// splitmix64 (Steele, Lea, Flood 2014): one addition of state, so a stream of samples needs no more than
// this.
constexpr std::uint64_t kDitherSeed = 0x61617070;

double next_uniform(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
}

template <std::size_t Bytes>
std::uint64_t load(const std::byte* from, ByteOrder order) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < Bytes; ++i) {
    const std::size_t place = order == ByteOrder::little ? i : Bytes - 1 - i;
    value |= static_cast<std::uint64_t>(from[i]) << (8 * place);
  }
  return value;
}

template <std::size_t Bytes>
void store(std::uint64_t value, ByteOrder order, std::byte* to) noexcept {
  for (std::size_t i = 0; i < Bytes; ++i) {
    const std::size_t place = order == ByteOrder::little ? i : Bytes - 1 - i;
    to[i] = static_cast<std::byte>(value >> (8 * place));
  }
}

// The same for four bytes, in the one or two instructions that a loop over the bytes is not always made into.
std::uint32_t load_four(const std::byte* from, ByteOrder order) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, from, 4);
  return order == kNative ? value : __builtin_bswap32(value);
}
void store_four(std::uint32_t value, ByteOrder order, std::byte* to) noexcept {
  const std::uint32_t ordered = order == kNative ? value : __builtin_bswap32(value);
  std::memcpy(to, &ordered, 4);
}

template <std::size_t Bytes>
void decode_integers(std::span<const std::byte> bytes, ByteOrder order, std::span<float> samples) noexcept {
  constexpr unsigned kUnused = 32 - 8 * Bytes;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto left_justified = static_cast<std::uint32_t>(load<Bytes>(&bytes[i * Bytes], order)) << kUnused;
    samples[i] = static_cast<float>(static_cast<std::int32_t>(left_justified)) * 0x1.0p-31F;
  }
}

// Loads and stores of four bytes are one instruction, of three they are not. So every sample takes, or
// leaves, a byte of the next one as well; the last, which has no next, is done by itself.
void decode_s24(std::span<const std::byte> bytes, ByteOrder order, std::span<float> samples) noexcept {
  if (samples.empty()) return;
  const std::size_t last = samples.size() - 1;
  std::array<std::int32_t, 512> left_justified;
  for (std::size_t done = 0; done < last;) {
    const std::size_t count = std::min(left_justified.size(), last - done);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t four = load_four(&bytes[3 * (done + i)], order);
      left_justified[i] = static_cast<std::int32_t>(order == ByteOrder::little ? four << 8U : four & ~0xffU);
    }
    for (std::size_t i = 0; i < count; ++i)
      samples[done + i] = static_cast<float>(left_justified[i]) * 0x1.0p-31F;
    done += count;
  }
  decode_integers<3>(bytes.subspan(3 * last), order, samples.subspan(last));
}

// Calls store(first, integers) for every few samples from `first` on.
template <class Store>
void for_quantized(std::span<const float> samples, Quantizer& quantizer, Store&& store) noexcept {
  std::array<std::int32_t, 512> integers;
  for (std::size_t done = 0; done < samples.size();) {
    const std::size_t count = std::min(integers.size(), samples.size() - done);
    const std::span<std::int32_t> part = std::span(integers).first(count);
    quantizer.quantize(samples.subspan(done, count), part);
    store(done, part);
    done += count;
  }
}

template <std::size_t Bytes>
void encode_integers(std::span<const float> samples, ByteOrder order, Quantizer& quantizer,
                     std::span<std::byte> bytes) noexcept {
  for_quantized(samples, quantizer,
                [bytes, order](std::size_t first, std::span<const std::int32_t> integers) {
                  std::byte* to = &bytes[first * Bytes];
                  for (const std::int32_t integer : integers) {
                    store<Bytes>(static_cast<std::uint64_t>(integer), order, to);
                    to += Bytes;
                  }
                });
}

// As decode_s24.
void encode_s24(std::span<const float> samples, ByteOrder order, Quantizer& quantizer,
                std::span<std::byte> bytes) noexcept {
  if (samples.empty()) return;
  const std::size_t last = samples.size() - 1;
  const auto part = [bytes, order](std::size_t first, std::span<const std::int32_t> integers) {
    const ByteOrder known_order = order;  // a local: bytes written may be anybody's, captures too
    const unsigned shift = known_order == ByteOrder::little ? 0 : 8;
    std::byte* to = &bytes[3 * first];
    for (const std::int32_t integer : integers) {
      store_four(static_cast<std::uint32_t>(integer) << shift, known_order, to);
      to += 3;
    }
  };
  for_quantized(samples.first(last), quantizer, part);
  encode_integers<3>(samples.subspan(last), order, quantizer, bytes.subspan(3 * last));
}

constexpr std::byte kUnsignedOffset{0x80};

}  // namespace

Quantizer::Quantizer(int bits, Dither dither) noexcept
    : scale_(std::ldexp(1.0, bits - 1)), max_(scale_ - 1.0), state_(kDitherSeed), dither_(dither) {}

void Quantizer::quantize(std::span<const float> samples, std::span<std::int32_t> integers) noexcept {
  assert(integers.size() == samples.size());
  // Adding and taking away 1.5 * 2^52 leaves a double no room for a fraction: it rounds to nearest, ties to
  // even, as rint does but without a call.
  constexpr double kRounder = 0x1.8p52;
  const double scale = scale_, max = max_;
  const auto to_integer = [scale, max](double value) {
    return static_cast<std::int32_t>((std::min(std::max(value, -scale), max) + kRounder) - kRounder);
  };
  // One loop a purpose: what is counted and what is dithered would keep the others from running in vectors.
  int beyond = 0;
  for (const float sample : samples) beyond += static_cast<int>(std::abs(sample) > 1.0F);
  clipped_ += beyond;
  if (dither_ == Dither::tpdf) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double one = next_uniform(state_), other = next_uniform(state_);
      integers[i] = to_integer(static_cast<double>(samples[i]) * scale + (one - other));
    }
    return;
  }
  const float* const from = samples.data();
  std::int32_t* const to = integers.data();
  for (std::size_t i = 0; i < samples.size(); ++i) to[i] = to_integer(static_cast<double>(from[i]) * scale);
}

void encode_pcm(std::span<const float> samples, PcmFormat format, Quantizer& quantizer,
                std::span<std::byte> bytes) noexcept {
  assert(bytes.size() == samples.size() * bytes_per_sample(format.encoding));
  switch (format.encoding) {
    case PcmEncoding::u8:
      return for_quantized(samples, quantizer,
                           [bytes](std::size_t first, std::span<const std::int32_t> integers) {
                             std::byte* to = &bytes[first];
                             for (const std::int32_t integer : integers)
                               *to++ = static_cast<std::byte>(integer) ^ kUnsignedOffset;
                           });
    case PcmEncoding::s8:
      return encode_integers<1>(samples, format.order, quantizer, bytes);
    case PcmEncoding::s16:
      return encode_integers<2>(samples, format.order, quantizer, bytes);
    case PcmEncoding::s24:
      return encode_s24(samples, format.order, quantizer, bytes);
    case PcmEncoding::s32:
      return encode_integers<4>(samples, format.order, quantizer, bytes);
    case PcmEncoding::f32:
      for (std::size_t i = 0; i < samples.size(); ++i) {
        store<4>(std::bit_cast<std::uint32_t>(samples[i]), format.order, &bytes[4 * i]);
      }
      return;
    case PcmEncoding::f64:
      for (std::size_t i = 0; i < samples.size(); ++i) {
        store<8>(std::bit_cast<std::uint64_t>(static_cast<double>(samples[i])), format.order, &bytes[8 * i]);
      }
      return;
  }
}

void decode_pcm(std::span<const std::byte> bytes, PcmFormat format, std::span<float> samples) noexcept {
  assert(bytes.size() == samples.size() * bytes_per_sample(format.encoding));
  switch (format.encoding) {
    case PcmEncoding::u8:
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<float>(static_cast<std::int8_t>(bytes[i] ^ kUnsignedOffset)) * 0x1.0p-7F;
      }
      return;
    case PcmEncoding::s8:
      return decode_integers<1>(bytes, format.order, samples);
    case PcmEncoding::s16:
      return decode_integers<2>(bytes, format.order, samples);
    case PcmEncoding::s24:
      return decode_s24(bytes, format.order, samples);
    case PcmEncoding::s32:
      return decode_integers<4>(bytes, format.order, samples);
    case PcmEncoding::f32:
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = std::bit_cast<float>(static_cast<std::uint32_t>(load<4>(&bytes[4 * i], format.order)));
      }
      return;
    case PcmEncoding::f64:
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<float>(std::bit_cast<double>(load<8>(&bytes[8 * i], format.order)));
      }
      return;
  }
}

}  // namespace aapp::audio

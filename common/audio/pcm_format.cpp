#include "common/audio/pcm_format.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>

namespace aapp::audio {
namespace {

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

template <std::size_t Bytes>
void decode_integers(std::span<const std::byte> bytes, ByteOrder order, std::span<float> samples) noexcept {
  constexpr unsigned kUnused = 32 - 8 * Bytes;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto left_justified = static_cast<std::uint32_t>(load<Bytes>(&bytes[i * Bytes], order)) << kUnused;
    samples[i] = static_cast<float>(static_cast<std::int32_t>(left_justified)) * 0x1.0p-31F;
  }
}

// Calls store(i, integer) for every sample.
template <class Store>
void for_quantized(std::span<const float> samples, Quantizer& quantizer, Store&& store) noexcept {
  std::array<std::int32_t, 512> integers;
  for (std::size_t done = 0; done < samples.size();) {
    const std::size_t count = std::min(integers.size(), samples.size() - done);
    quantizer.quantize(samples.subspan(done, count), std::span(integers).first(count));
    for (std::size_t i = 0; i < count; ++i) store(done + i, integers[i]);
    done += count;
  }
}

template <std::size_t Bytes>
void encode_integers(std::span<const float> samples, ByteOrder order, Quantizer& quantizer,
                     std::span<std::byte> bytes) noexcept {
  for_quantized(samples, quantizer, [&](std::size_t i, std::int32_t integer) {
    store<Bytes>(static_cast<std::uint64_t>(integer), order, &bytes[i * Bytes]);
  });
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
      return for_quantized(samples, quantizer, [&](std::size_t i, std::int32_t integer) {
        bytes[i] = static_cast<std::byte>(integer) ^ kUnsignedOffset;
      });
    case PcmEncoding::s8:
      return encode_integers<1>(samples, format.order, quantizer, bytes);
    case PcmEncoding::s16:
      return encode_integers<2>(samples, format.order, quantizer, bytes);
    case PcmEncoding::s24:
      return encode_integers<3>(samples, format.order, quantizer, bytes);
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
      return decode_integers<3>(bytes, format.order, samples);
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

#include "analyze/inspect/code_length.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numbers>
#include <vector>

namespace aapp::inspect {
namespace {

using audio::PcmEncoding;

constexpr std::size_t kBlock = 512;    // frames that share one predictor and one residual scale
constexpr std::size_t kOrders = 4;     // none, the last sample, a line through two, a parabola through three
constexpr double kImplausible = 1.25;  // widths for a float that no recording holds
constexpr double kLargestFloat = 1024.0, kSmallestFloat = 1e-12;
// Surcharges in bits per byte: what is unusual must explain the bytes better, not just as well.
constexpr double kNoiseChannel = 0.97;  // of its width: a channel that costs more is noise
constexpr double kNoiseSurcharge = 0.4;
constexpr double kSilentChannel = 0.05,
                 kSilentSurcharge = 0.2;  // bits per sample: a channel that says nothing
constexpr double kBigEndianSurcharge = 0.02, kByteSamplesSurcharge = 0.08;
// Two channels predict one another a little even where they are every other sample of one: per doubling, a
// share.
constexpr double kDoublingSurcharge = 0.12;

struct Samples {
  std::vector<double> values{};  // integers as they are, floats in full scale
  std::vector<double> step{};    // of floats: what the last bit of each sample is worth; else empty
  double bits = 0.0;             // of a sample
};

// Sign-extended; 8-bit samples without a sign are moved to have one. decode_pcm would round 32 bits to a
// float.
std::int64_t load_integer(std::span<const std::byte> bytes, audio::PcmFormat format) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t from_top = format.order == audio::ByteOrder::big ? i : bytes.size() - 1 - i;
    value = value << 8U | static_cast<std::uint64_t>(bytes[from_top]);
  }
  const auto bits = static_cast<unsigned>(8 * bytes.size());
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  if (format.encoding == PcmEncoding::u8) value ^= sign;
  return static_cast<std::int64_t>(value ^ sign) - static_cast<std::int64_t>(sign);
}

// In steps of the coarsest grid that all of them lie on, so that padding costs nothing.
Samples read_integers(std::span<const std::byte> bytes, audio::PcmFormat format) {
  const std::size_t width = audio::bytes_per_sample(format.encoding);
  Samples samples{.bits = 8.0 * static_cast<double>(width)};
  std::uint64_t all = 0;
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    const std::int64_t value = load_integer(bytes.subspan(at, width), format);
    samples.values.push_back(static_cast<double>(value));
    all |= static_cast<std::uint64_t>(value);
  }
  const double grid = all == 0 ? 1.0 : std::ldexp(1.0, std::countr_zero(all));
  for (double& value : samples.values) value /= grid;
  return samples;
}

// As a double whatever its width: a float has zeros at the end of its mantissa then, as padding has.
double load_float(std::span<const std::byte> bytes, audio::ByteOrder order) {
  std::array<std::byte, 8> little{};
  std::copy(bytes.begin(), bytes.end(), little.begin());
  if (order == audio::ByteOrder::big)
    std::reverse(little.begin(), little.begin() + static_cast<std::ptrdiff_t>(bytes.size()));
  if (bytes.size() == 8) return std::bit_cast<double>(little);
  float value = 0.0F;
  std::memcpy(&value, little.data(), sizeof value);
  return static_cast<double>(value);
}

Samples read_floats(std::span<const std::byte> bytes, audio::PcmFormat format) {
  constexpr int kMantissaBits = 52;
  const std::size_t width = audio::bytes_per_sample(format.encoding);
  Samples samples{.bits = 8.0 * static_cast<double>(width)};
  int spare_bits = kMantissaBits;  // zeros at the end of every mantissa
  for (std::size_t at = 0; at + width <= bytes.size(); at += width) {
    const double x = load_float(bytes.subspan(at, width), format.order);
    const double size = std::abs(x);
    const bool sound = std::isfinite(x) && size < kLargestFloat && size > kSmallestFloat;
    samples.values.push_back(sound || x == 0.0 ? x : std::numeric_limits<double>::quiet_NaN());
    samples.step.push_back(sound ? std::ldexp(1.0, std::ilogb(size) - kMantissaBits) : 0.0);
    if (sound) spare_bits = std::min(spare_bits, std::countr_zero(std::bit_cast<std::uint64_t>(x)));
  }
  for (double& step : samples.step) step = std::ldexp(step, spare_bits);
  return samples;
}

double laplacian_bits(double mean_size) {
  return std::log2(2.0 * std::numbers::e * mean_size + 1.0);
}

// What one channel of one block needs per sample, given the residual of each.
double bits_per_sample(const Samples& samples, std::span<const double> residual, std::size_t first,
                       std::size_t stride) {
  double mean = 0.0;
  for (const double e : residual) mean += std::abs(e);
  mean /= static_cast<double>(residual.size());
  if (samples.step.empty()) return std::min(samples.bits, laplacian_bits(mean));
  double bits = 0.0;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    const double step = samples.step[first + i * stride];
    bits += step == 0.0 ? 1.0 : std::min(samples.bits, laplacian_bits(mean / step));
  }
  return bits / static_cast<double>(residual.size());
}

// Costs of a block, channel after channel; each may be predicted from its own past or from the channel
// before.
class BlockCoder {
 public:
  BlockCoder(const Samples& samples, std::size_t channels) : samples_(samples), channels_(channels) {}

  // Bits per sample of `channel` in the kBlock frames from `frame` on, frame >= kOrders - 1.
  double cost(std::size_t frame, std::size_t channel) {
    const std::size_t first = frame * channels_ + channel;
    double best = samples_.bits;
    for (std::size_t order = 0; order < kOrders; ++order) {
      double implausible = 0.0;
      for (std::size_t i = 0; i < kBlock; ++i) {
        double e = difference(first + i * channels_, order);
        if (!std::isfinite(e)) implausible += 1.0, e = 0.0;
        own_[order][i] = e;
      }
      if (order == 0) implausible_ = implausible / static_cast<double>(kBlock);
      best = std::min(best, bits_per_sample(samples_, own_[order], first, channels_));
      if (channel > 0) {
        for (std::size_t i = 0; i < kBlock; ++i) side_[i] = own_[order][i] - before_[order][i];
        best = std::min(best, bits_per_sample(samples_, side_, first, channels_));
      }
    }
    before_ = own_;
    return best * (1.0 - implausible_) + kImplausible * samples_.bits * implausible_;
  }

 private:
  double difference(std::size_t at, std::size_t order) const {
    const double x = samples_.values[at];
    if (order == 0) return x;
    const double last = samples_.values[at - channels_];
    if (order == 1) return x - last;
    const double second = samples_.values[at - 2 * channels_];
    if (order == 2) return x - 2.0 * last + second;
    return x - 3.0 * (last - second) - samples_.values[at - 3 * channels_];
  }

  const Samples& samples_;
  std::size_t channels_;
  std::array<std::array<double, kBlock>, kOrders> own_{}, before_{};
  std::array<double, kBlock> side_{};
  double implausible_ = 0.0;
};

double surcharge(const Reading& reading, double noisy_share, double silent_share) {
  const std::size_t width = audio::bytes_per_sample(reading.format.encoding);
  double extra = kNoiseSurcharge * noisy_share + kSilentSurcharge * silent_share;
  if (width > 1 && reading.format.order == audio::ByteOrder::big) extra += kBigEndianSurcharge;
  if (width == 1) extra += kByteSamplesSurcharge;
  return extra;
}

}  // namespace

double code_length(std::span<const std::byte> bytes, const Reading& reading) {
  if (bytes.size() <= reading.skip_bytes) return std::numeric_limits<double>::infinity();
  const std::span<const std::byte> read = bytes.subspan(reading.skip_bytes);
  const Samples samples = audio::is_integer(reading.format.encoding) ? read_integers(read, reading.format)
                                                                     : read_floats(read, reading.format);
  const auto channels = static_cast<std::size_t>(reading.channels);
  const std::size_t frames = samples.values.size() / channels;
  if (frames < kBlock + kOrders - 1) return std::numeric_limits<double>::infinity();
  BlockCoder coder(samples, channels);
  std::vector<double> bits(channels, 0.0);
  double blocks = 0.0;
  for (std::size_t frame = kOrders - 1; frame + kBlock <= frames; frame += kBlock, blocks += 1.0) {
    for (std::size_t c = 0; c < channels; ++c) bits[c] += coder.cost(frame, c);
  }
  double sum = 0.0, noisy = 0.0, silent = 0.0;
  for (const double b : bits) {
    sum += b / blocks;
    noisy += b / blocks > kNoiseChannel * samples.bits ? 1.0 : 0.0;
    silent += b / blocks < kSilentChannel ? 1.0 : 0.0;
  }
  const auto count = static_cast<double>(channels);
  const double doublings = 1.0 + kDoublingSurcharge * std::log2(count);
  return doublings * 8.0 * sum / (count * samples.bits) + surcharge(reading, noisy / count, silent / count);
}

}  // namespace aapp::inspect

#include "common/io/wav_stream.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "common/audio/stream_spec.h"
#include "common/base/interrupt.h"

namespace aapp::io {
namespace {

using audio::PcmEncoding;

constexpr int kPcmTag = 1, kFloatTag = 3, kExtensibleTag = 0xFFFE;
constexpr std::size_t kSubformatAt = 24;           // in an extensible format chunk
constexpr std::uint64_t kLongestHead = 1U << 20U;  // more than any list of chunks before the samples
constexpr std::uint64_t kUnknownLengths[] = {0xFFFFFFFFU, 0x80000000U, 0x7FFFF000U, 0};

class HeadReader {
 public:
  HeadReader(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

  // `count` more bytes at the end of bytes(); false where the stream ends before.
  Result<bool> more(std::size_t count) {
    const std::size_t wanted = bytes_.size() + count;
    while (bytes_.size() < wanted) {
      char buffer[512];
      const ssize_t got = ::read(descriptor_, buffer, std::min(sizeof buffer, wanted - bytes_.size()));
      if (got == 0) return false;
      if (interrupted()) return tl::unexpected(interrupted_error());
      if (got < 0 && errno != EINTR)
        return fail(ErrorCode::unreadable, "{}: cannot be read: {}", name_, std::strerror(errno));
      if (got > 0) bytes_.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
  }
  const std::string& bytes() const { return bytes_; }
  std::uint64_t number(std::size_t at, std::size_t count) const {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

 private:
  int descriptor_;
  std::string name_, bytes_;
};

std::optional<PcmEncoding> encoding_of(std::uint64_t tag, std::uint64_t bits) {
  if (tag == kFloatTag) {
    if (bits == 32) return PcmEncoding::f32;
    if (bits == 64) return PcmEncoding::f64;
    return std::nullopt;
  }
  if (tag != kPcmTag) return std::nullopt;
  switch (bits) {
    case 8:
      return PcmEncoding::u8;
    case 16:
      return PcmEncoding::s16;
    case 24:
      return PcmEncoding::s24;
    case 32:
      return PcmEncoding::s32;
    default:
      return std::nullopt;
  }
}

// Of a format chunk of `size` bytes whose content begins at `at`.
std::optional<RawSpec> read_format(const HeadReader& head, std::size_t at, std::size_t size) {
  if (size < 16) return std::nullopt;
  std::uint64_t tag = head.number(at, 2);
  if (tag == kExtensibleTag && size >= kSubformatAt + 2) tag = head.number(at + kSubformatAt, 2);
  const auto encoding = encoding_of(tag, head.number(at + 14, 2));
  const RawSpec spec{.format = {.encoding = encoding.value_or(PcmEncoding::s16)},
                     .rate_hz = static_cast<int>(head.number(at + 4, 4) & 0x7FFFFFFFU),
                     .channels = static_cast<int>(head.number(at + 2, 2))};
  const std::uint64_t frame =
      audio::bytes_per_sample(spec.format.encoding) * static_cast<std::uint64_t>(spec.channels);
  if (!encoding || head.number(at + 12, 2) != frame) return std::nullopt;
  return spec;
}

}  // namespace

Result<WavHead> read_wav_head(int descriptor, const std::string& name) {
  HeadReader head(descriptor, name);
  WavHead found;
  const auto finish = [&]() -> Result<WavHead> {
    found.bytes = head.bytes();
    return std::move(found);
  };
  const auto decoder_decides = [&]() -> Result<WavHead> {
    found.spec.reset();
    return finish();
  };
  Result<bool> got = head.more(12);
  if (!got) return tl::unexpected(got.error());
  if (!*got || head.bytes().compare(0, 4, "RIFF") != 0 || head.bytes().compare(8, 4, "WAVE") != 0) {
    return decoder_decides();
  }
  while (head.bytes().size() < kLongestHead) {
    const std::size_t chunk = head.bytes().size();
    got = head.more(8);
    if (!got) return tl::unexpected(got.error());
    if (!*got) return decoder_decides();
    const std::uint64_t size = head.number(chunk + 4, 4);
    if (head.bytes().compare(chunk, 4, "data") == 0) {
      const bool unknown = std::find(std::begin(kUnknownLengths), std::end(kUnknownLengths), size) !=
                           std::end(kUnknownLengths);
      if (!unknown) found.audio_bytes = size;
      return finish();
    }
    if (size > kLongestHead) return decoder_decides();
    got = head.more(size + size % 2);
    if (!got) return tl::unexpected(got.error());
    if (!*got) return decoder_decides();
    if (head.bytes().compare(chunk, 4, "fmt ") == 0) found.spec = read_format(head, chunk + 8, size);
  }
  return decoder_decides();
}

std::string wav_stream_header(const RawSpec& spec) {
  std::string bytes;
  const auto put = [&bytes](std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
  };
  const std::uint64_t width = audio::bytes_per_sample(spec.format.encoding);
  const std::uint64_t frame = width * static_cast<std::uint64_t>(spec.channels);
  constexpr std::uint64_t kUnknown = 0xFFFFFFFFU;
  bytes += "RIFF";
  put(kUnknown, 4);
  bytes += "WAVEfmt ";
  put(16, 4);
  put(audio::is_integer(spec.format.encoding) ? kPcmTag : kFloatTag, 2);
  put(static_cast<std::uint64_t>(spec.channels), 2);
  put(static_cast<std::uint64_t>(spec.rate_hz), 4);
  put(static_cast<std::uint64_t>(spec.rate_hz) * frame, 4);
  put(frame, 2);
  put(8 * width, 2);
  bytes += "data";
  put(kUnknown, 4);
  return bytes;
}

}  // namespace aapp::io

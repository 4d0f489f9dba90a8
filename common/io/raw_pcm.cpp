#include "common/io/raw_pcm.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "common/audio/interleave.h"
#include "common/audio/pump.h"
#include "common/audio/stream_spec.h"
#include "common/base/interrupt.h"
#include "common/io/descriptor.h"

namespace aapp::io {
namespace {

using audio::ByteOrder;
using audio::PcmEncoding;
using audio::PcmFormat;

struct EncodingName {
  std::string_view name;
  audio::PcmFormat format;
};
constexpr std::array<EncodingName, 12> kEncodings{{
    {"u8", {PcmEncoding::u8, ByteOrder::little}},
    {"s8", {PcmEncoding::s8, ByteOrder::little}},
    {"s16le", {PcmEncoding::s16, ByteOrder::little}},
    {"s16be", {PcmEncoding::s16, ByteOrder::big}},
    {"s24le", {PcmEncoding::s24, ByteOrder::little}},
    {"s24be", {PcmEncoding::s24, ByteOrder::big}},
    {"s32le", {PcmEncoding::s32, ByteOrder::little}},
    {"s32be", {PcmEncoding::s32, ByteOrder::big}},
    {"f32le", {PcmEncoding::f32, ByteOrder::little}},
    {"f32be", {PcmEncoding::f32, ByteOrder::big}},
    {"f64le", {PcmEncoding::f64, ByteOrder::little}},
    {"f64be", {PcmEncoding::f64, ByteOrder::big}},
}};

constexpr std::size_t kScratchSamples = 32768;

std::optional<int> parse_integer(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string encoding_names() {
  std::string names;
  for (const EncodingName& encoding : kEncodings)
    names += fmt::format("{}{}", names.empty() ? "" : " ", encoding.name);
  return names;
}

std::size_t frame_bytes(const RawSpec& spec) {
  return audio::bytes_per_sample(spec.format.encoding) * static_cast<std::size_t>(spec.channels);
}

class Reader final : public RawPcmReader {
 public:
  Reader(Descriptor descriptor, std::string name, const RawSpec& spec, std::optional<std::int64_t> frames)
      : descriptor_(std::move(descriptor)), name_(std::move(name)), spec_(spec), frames_(frames) {}
  Reader(Descriptor descriptor, std::string name, const RawSpec& spec, std::uint64_t declared_bytes)
      : descriptor_(std::move(descriptor)),
        name_(std::move(name)),
        spec_(spec),
        declared_bytes_(declared_bytes),
        left_(declared_bytes / frame_bytes(spec) * frame_bytes(spec)) {}

  int rate_hz() const override { return spec_.rate_hz; }
  int channels() const override { return spec_.channels; }
  std::optional<std::int64_t> total_frames() const override { return frames_; }

  Result<std::size_t> read(audio::AudioView out) override {
    const std::size_t frame = frame_bytes(spec_),
                      most = kScratchSamples / static_cast<std::size_t>(spec_.channels);
    bytes_.resize(frame * most);
    const std::size_t wanted = frame * std::min(out.frames(), most);
    while (pending_ < frame && wanted > 0) {
      Result<std::size_t> got = read_some(wanted);
      if (!got) return got;
      if (*got > 0) continue;
      if (left_ > 0 && declared_bytes_) {
        return fail(
            ErrorCode::unreadable,
            "{}: ends after {} of the {} bytes of audio that its header declares; the stream is truncated",
            name_, *declared_bytes_ - left_, *declared_bytes_);
      }
      if (pending_ == 0) return std::size_t{0};
      return fail(
          ErrorCode::unreadable,
          "{}: ends {} bytes into a frame of {}; the stream is truncated or --raw names another format",
          name_, pending_, frame);
    }
    return take_whole_frames(out);
  }

 private:
  Result<std::size_t> read_some(std::size_t wanted) {
    for (;;) {
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(wanted - pending_, left_));
      if (most == 0) return pass_over_the_rest();
      const ssize_t got = ::read(descriptor_.get(), &bytes_[pending_], most);
      if (got >= 0) {
        pending_ += static_cast<std::size_t>(got);
        if (declared_bytes_) left_ -= static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR)
        return fail(ErrorCode::unreadable, "{}: cannot be read: {}", name_, std::strerror(errno));
      if (interrupted()) return tl::unexpected(interrupted_error());
    }
  }

  // What follows the samples is read, so that whoever writes it is not cut off.
  Result<std::size_t> pass_over_the_rest() {
    for (;;) {
      const ssize_t got = ::read(descriptor_.get(), bytes_.data(), bytes_.size());
      if (got == 0) return std::size_t{0};
      if (interrupted()) return tl::unexpected(interrupted_error());
      if (got < 0 && errno != EINTR) return std::size_t{0};
    }
  }

  std::size_t take_whole_frames(audio::AudioView out) {
    const std::size_t frame = frame_bytes(spec_), frames = pending_ / frame;
    const std::size_t samples = frames * static_cast<std::size_t>(spec_.channels), used = frames * frame;
    floats_.resize(std::max(floats_.size(), samples));
    audio::decode_pcm({bytes_.data(), used}, spec_.format, {floats_.data(), samples});
    audio::deinterleave({floats_.data(), samples}, out.slice(0, frames));
    std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(used),
              bytes_.begin() + static_cast<std::ptrdiff_t>(pending_), bytes_.begin());
    pending_ -= used;
    return frames;
  }

  Descriptor descriptor_;
  std::string name_;
  RawSpec spec_;
  std::optional<std::int64_t> frames_;
  std::optional<std::uint64_t> declared_bytes_{};                   // of samples, by a header
  std::uint64_t left_ = std::numeric_limits<std::uint64_t>::max();  // of them, in whole frames
  std::vector<std::byte> bytes_;  // the first pending_ have been read and not yet used
  std::size_t pending_ = 0;
  std::vector<float> floats_;
};

class Writer final : public RawPcmWriter {
 public:
  Writer(std::optional<AtomicFile> file, std::string name, const RawSpec& spec, audio::Dither dither,
         std::string header)
      : file_(std::move(file)),
        name_(std::move(name)),
        spec_(spec),
        header_(std::move(header)),
        quantizer_(
            static_cast<int>(8 * std::min<std::size_t>(4, audio::bytes_per_sample(spec.format.encoding))),
            dither) {}

  Result<void> write(audio::ConstAudioView block) override {
    if (auto begun = begin(); !begun) return begun;
    const std::size_t part_frames = kScratchSamples / static_cast<std::size_t>(spec_.channels);
    for (std::size_t done = 0; done < block.frames();) {
      const std::size_t frames = std::min(part_frames, block.frames() - done);
      if (auto written = write_part(block.slice(done, frames)); !written) return written;
      done += frames;
    }
    if (audio::is_integer(spec_.format.encoding)) stats_.clipped_samples = quantizer_.clipped();
    return {};
  }

  Result<void> finish() override {
    if (auto begun = begin(); !begun) return begun;
    return file_ ? file_->commit() : Result<void>();
  }
  const WriteStats& stats() const override { return stats_; }

 private:
  Result<void> write_part(audio::ConstAudioView part) {
    const std::size_t samples = part.frames() * static_cast<std::size_t>(spec_.channels);
    floats_.resize(std::max(floats_.size(), samples));
    bytes_.resize(std::max(bytes_.size(), part.frames() * frame_bytes(spec_)));
    const std::span<float> interleaved(floats_.data(), samples);
    const std::span<std::byte> bytes(bytes_.data(), part.frames() * frame_bytes(spec_));
    audio::interleave(part, interleaved);
    float* const one_channel = interleaved.data();
    stats_.non_finite_samples += audio::remove_non_finite({&one_channel, 1, samples});
    audio::encode_pcm(interleaved, spec_.format, quantizer_, bytes);
    stats_.frames += static_cast<std::int64_t>(part.frames());
    return put({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  // The header, once.
  Result<void> begin() { return header_.empty() ? Result<void>() : put(std::exchange(header_, "")); }
  Result<void> put(std::string_view text) {
    return file_ ? file_->write(text) : write_all(STDOUT_FILENO, text, name_);
  }

  std::optional<AtomicFile> file_;  // none: standard output
  std::string name_;
  RawSpec spec_;
  std::string header_;  // "" once written
  audio::Quantizer quantizer_;
  WriteStats stats_;
  std::vector<float> floats_;
  std::vector<std::byte> bytes_;
};

}  // namespace

Result<RawSpec> parse_raw_spec(std::string_view text) {
  const std::size_t first = text.find(':'),
                    second = text.find(':', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) {
    return fail(ErrorCode::usage, "--raw {}: must be ENCODING:RATE:CHANNELS, as in s16le:16000:1", text);
  }
  const auto* encoding = std::ranges::find(kEncodings, text.substr(0, first), &EncodingName::name);
  if (encoding == kEncodings.end()) {
    return fail(ErrorCode::usage, "--raw {}: unknown encoding {}; must be one of {}", text,
                text.substr(0, first), encoding_names());
  }
  const auto rate_hz = parse_integer(text.substr(first + 1, second - first - 1));
  const auto channels = parse_integer(text.substr(second + 1));
  if (!rate_hz || *rate_hz < audio::kMinRateHz || *rate_hz > audio::kMaxRateHz) {
    return fail(ErrorCode::usage, "--raw {}: sample rate is {}; must be {} to {} Hz", text,
                text.substr(first + 1, second - first - 1), audio::kMinRateHz, audio::kMaxRateHz);
  }
  if (!channels || *channels < 1 || *channels > audio::kMaxChannels) {
    return fail(ErrorCode::usage, "--raw {}: {} channels; must be 1 to {}", text, text.substr(second + 1),
                audio::kMaxChannels);
  }
  return RawSpec{.format = encoding->format, .rate_hz = *rate_hz, .channels = *channels};
}

std::string_view raw_encoding_name(PcmFormat format) {
  if (audio::bytes_per_sample(format.encoding) == 1) format.order = ByteOrder::little;
  return std::ranges::find(kEncodings, format, &EncodingName::format)->name;
}

std::string format_raw_spec(const RawSpec& spec) {
  return fmt::format("{}:{}:{}", raw_encoding_name(spec.format), spec.rate_hz, spec.channels);
}

std::string_view raw_sample_format(const RawSpec& spec) {
  switch (spec.format.encoding) {
    case PcmEncoding::u8:
      return "pcm_u8";
    case PcmEncoding::s8:
      return "pcm_s8";
    case PcmEncoding::s16:
      return "pcm_16";
    case PcmEncoding::s24:
      return "pcm_24";
    case PcmEncoding::s32:
      return "pcm_32";
    case PcmEncoding::f32:
      return "float";
    case PcmEncoding::f64:
      return "double";
  }
  return "";
}

Result<std::unique_ptr<RawPcmReader>> RawPcmReader::open(const std::string& path, const RawSpec& spec) {
  if (path == "-") return take(::dup(STDIN_FILENO), "standard input", spec);
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(ErrorCode::unreadable, "{}: cannot be opened: {}", path, std::strerror(errno));
  return take(descriptor, path, spec);
}

Result<std::unique_ptr<RawPcmReader>> RawPcmReader::take(int descriptor, const std::string& name,
                                                         const RawSpec& spec) {
  Descriptor owned(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::unreadable,
                "{}: is a folder or cannot be read; name a file, or - for standard input", name);
  }
  std::optional<std::int64_t> frames;
  if (S_ISREG(status.st_mode)) {
    const auto frame = static_cast<std::int64_t>(frame_bytes(spec));
    if (status.st_size == 0 || status.st_size % frame != 0) {
      return fail(ErrorCode::unreadable,
                  "{}: holds {} bytes, not a whole number of {}-byte frames; truncated, or --raw names "
                  "another format",
                  name, status.st_size, frame);
    }
    frames = status.st_size / frame;
  }
  return std::make_unique<Reader>(std::move(owned), name, spec, frames);
}

Result<std::unique_ptr<RawPcmReader>> RawPcmReader::take_part(int descriptor, const std::string& name,
                                                              const RawSpec& spec, std::uint64_t bytes) {
  return std::make_unique<Reader>(Descriptor(descriptor), name, spec, bytes);
}

Result<std::unique_ptr<AudioWriter>> RawPcmWriter::create(const std::string& path, const RawSpec& spec,
                                                          const WriteOptions& options, std::string header) {
  if (path == "-") {
    return std::make_unique<Writer>(std::nullopt, "standard output", spec, options.dither, std::move(header));
  }
  auto file = AtomicFile::create(path, options.overwrite);
  if (!file) return tl::unexpected(file.error());
  return std::make_unique<Writer>(std::move(*file), path, spec, options.dither, std::move(header));
}

}  // namespace aapp::io

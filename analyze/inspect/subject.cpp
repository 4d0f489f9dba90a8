#include "analyze/inspect/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <utility>

namespace aapp::inspect {
namespace {

using audio::PcmEncoding;

// FileFormat::sample_format as an encoding; none for codecs.
std::optional<PcmEncoding> encoding_of(const std::string& sample_format) {
  static constexpr std::array kAll{PcmEncoding::u8,  PcmEncoding::s8,  PcmEncoding::s16, PcmEncoding::s24,
                                   PcmEncoding::s32, PcmEncoding::f32, PcmEncoding::f64};
  for (const PcmEncoding encoding : kAll) {
    if (io::raw_sample_format({.format = {.encoding = encoding}}) == sample_format) return encoding;
  }
  return std::nullopt;
}

bool is_big_endian(const Subject& subject) {
  if (subject.raw) return subject.raw->format.order == audio::ByteOrder::big;
  return subject.info.format.container == "aiff" || subject.info.format.container == "caf";
}

// SoX knows headerless PCM by options, not by a word.
std::string sox_raw_options(const io::RawSpec& raw) {
  std::string_view encoding = "signed-integer";
  if (raw.format.encoding == PcmEncoding::u8) encoding = "unsigned-integer";
  if (!audio::is_integer(raw.format.encoding)) encoding = "floating-point";
  return fmt::format("-t raw -e {} -b {} --endian {} -r {} -c {} ", encoding,
                     8 * audio::bytes_per_sample(raw.format.encoding),
                     raw.format.order == audio::ByteOrder::big ? "big" : "little", raw.rate_hz, raw.channels);
}

}  // namespace

double Subject::step() const {
  constexpr int kFloatBits = 24;
  const bool integers = encoding && audio::is_integer(*encoding);
  const int bits = integers ? static_cast<int>(8 * audio::bytes_per_sample(*encoding)) : kFloatBits;
  return std::ldexp(1.0, 1 - bits);
}

audio::PcmFormat Subject::stored_format() const {
  return {.encoding = encoding.value_or(PcmEncoding::f32),
          .order = is_big_endian(*this) ? audio::ByteOrder::big : audio::ByteOrder::little};
}

Subject make_subject(const io::FileInfo& info, const std::optional<io::RawSpec>& raw) {
  const bool headerless = info.format.container == "raw";
  return {.info = info,
          .raw = headerless ? raw : std::nullopt,
          .encoding = encoding_of(info.format.sample_format)};
}

std::string shell_word(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("_-./+:,@%=").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain && text.front() != '-') return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  // A name that starts with a dash would be taken for an option.
  if (text.starts_with('-')) quoted.insert(1, "./");
  return quoted + "'";
}

std::string input_word(const Subject& subject) {
  const bool pipe = subject.info.path == "-" || subject.info.path == "standard input";
  return pipe ? "INPUT" : shell_word(subject.info.path);
}

std::string output_word(const Subject& subject, std::string_view extension) {
  const bool pipe = subject.info.path == "-" || subject.info.path == "standard input";
  std::filesystem::path name = pipe ? "INPUT" : subject.info.path;
  const std::string stem = name.stem().string();
  name.replace_filename(fmt::format("{}-fixed.{}", stem, extension));
  return shell_word(name.string());
}

std::string convert_command(const Subject& subject, std::string_view extra) {
  std::string raw;
  if (subject.raw) raw = fmt::format(" --raw {}", io::format_raw_spec(*subject.raw));
  return fmt::format("aapp-play convert {} {}{}{}{}", input_word(subject), output_word(subject), raw,
                     extra.empty() ? "" : " ", extra);
}

namespace {

// The stored bytes on standard output, from byte `skip` of the sound on.
std::string bytes_command(const Subject& subject, std::uint64_t skip) {
  if (subject.audio_at)
    return fmt::format("tail -c +{} {}", *subject.audio_at + skip + 1, input_word(subject));
  const io::RawSpec stored{subject.stored_format(), subject.info.rate_hz, subject.info.channels};
  const std::string decode = fmt::format("aapp-play convert {} - --quiet --raw {}", input_word(subject),
                                         io::format_raw_spec(stored));
  return skip == 0 ? decode : fmt::format("{} | tail -c +{}", decode, skip + 1);
}

}  // namespace

std::string reread_command(const Subject& subject, const io::RawSpec& as) {
  return fmt::format("{} | aapp-play convert - {} --raw {}", bytes_command(subject, 0), output_word(subject),
                     io::format_raw_spec(as));
}

std::string realign_command(const Subject& subject, double from_s, std::size_t skip) {
  const io::RawSpec stored{subject.stored_format(), subject.info.rate_hz, subject.info.channels};
  const auto frame = static_cast<std::uint64_t>(from_s * stored.rate_hz);
  const std::size_t frame_bytes =
      audio::bytes_per_sample(stored.format.encoding) * static_cast<std::size_t>(stored.channels);
  // A whole number of frames: the pipe may end inside one.
  return fmt::format("{} | sox {}- {}", bytes_command(subject, frame * frame_bytes + skip),
                     sox_raw_options(stored), output_word(subject));
}

std::string sox_command(const Subject& subject, std::string_view effects) {
  const std::string raw = subject.raw ? sox_raw_options(*subject.raw) : "";
  return fmt::format("sox {}{} {} {}", raw, input_word(subject), output_word(subject), effects);
}

}  // namespace aapp::inspect

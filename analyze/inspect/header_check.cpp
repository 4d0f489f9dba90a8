#include "analyze/inspect/header_check.h"

#include <fmt/format.h>

namespace aapp::inspect {
namespace {

constexpr int kPcmTag = 1, kFloatTag = 3, kExtensibleTag = 0xFFFE;

// ffmpeg reads to the end of the file whatever the header says, and writes a header that fits.
std::string rewrite_command(const Subject& subject) {
  return fmt::format("ffmpeg -ignore_length 1 -i {} -c copy {}", input_word(subject), output_word(subject));
}

void check_length(const io::ContainerFacts& facts, const Subject& subject, Findings& findings) {
  if (!facts.audio_at || facts.held_bytes == 0) return;
  if (facts.length_unknown || facts.declared_bytes == 0) {
    findings.push_back({.kind = FindingKind::length_not_written,
                        // A pipe's header is readable and by intention so.
                        .severity = facts.length_unknown ? Severity::note : Severity::fault,
                        .what = fmt::format("the header says {} bytes of audio, {} follow it",
                                            facts.length_unknown ? "unknown" : "0", facts.held_bytes),
                        .repair = rewrite_command(subject)});
  } else if (facts.declared_bytes > facts.held_bytes) {
    findings.push_back(
        {.kind = FindingKind::truncated,
         .what = fmt::format("the header declares {} bytes of audio, the file holds {}: {:.1f} % are missing",
                             facts.declared_bytes, facts.held_bytes,
                             100.0 * static_cast<double>(facts.declared_bytes - facts.held_bytes) /
                                 static_cast<double>(facts.declared_bytes)),
         .repair = rewrite_command(subject)});
  }
}

// Bits are stored in whole bytes, and every frame has one sample of each channel.
void check_wave_format(const io::ContainerFacts& facts, const Subject& subject, Findings& findings) {
  const io::WaveFormat& wave = *facts.wave;
  const bool uncompressed = wave.tag == kPcmTag || wave.tag == kFloatTag || wave.tag == kExtensibleTag;
  if (!uncompressed || wave.channels == 0 || wave.bits == 0) return;
  const int frame_bytes = wave.channels * ((wave.bits + 7) / 8);
  std::string what;
  if (wave.frame_bytes != frame_bytes) {
    what = fmt::format("{} channels of {} bits make frames of {} bytes, the header says {}", wave.channels,
                       wave.bits, frame_bytes, wave.frame_bytes);
  } else if (wave.bytes_per_second != wave.rate_hz * frame_bytes) {
    what = fmt::format("{} Hz x {} bytes make {} bytes per second, the header says {} (as at {} Hz)",
                       wave.rate_hz, frame_bytes, wave.rate_hz * frame_bytes, wave.bytes_per_second,
                       wave.bytes_per_second / frame_bytes);
  }
  if (!what.empty()) {
    findings.push_back({.kind = FindingKind::header_contradiction,
                        .what = what,
                        .repair = fmt::format("sox {} {}", input_word(subject), output_word(subject))});
  }
  const std::uint64_t declared = facts.length_unknown ? facts.held_bytes : facts.declared_bytes;
  const auto frame = static_cast<std::uint64_t>(frame_bytes);
  if (declared % frame == 0 || declared > facts.held_bytes) return;
  findings.push_back({.kind = FindingKind::size_mismatch,
                      .what = fmt::format("{} bytes of audio are {} frames of {} bytes and {} bytes more",
                                          declared, declared / frame, frame, declared % frame),
                      .repair = fmt::format("sox {} {}", input_word(subject), output_word(subject))});
}

}  // namespace

void check_header(const io::ContainerFacts& facts, const Subject& subject, Findings& findings) {
  check_length(facts, subject, findings);
  if (facts.wave) check_wave_format(facts, subject, findings);
}

void check_raw_size(std::uint64_t file_bytes, const std::string& path, const io::RawSpec& raw,
                    Findings& findings) {
  const std::uint64_t frame =
      audio::bytes_per_sample(raw.format.encoding) * static_cast<std::uint64_t>(raw.channels);
  if (file_bytes == 0 || file_bytes % frame == 0) return;
  Subject subject;
  subject.info.path = path;
  findings.push_back(
      {.kind = FindingKind::size_mismatch,
       .what = fmt::format("{} bytes are {} frames of {} bytes and {} bytes more", file_bytes,
                           file_bytes / frame, frame, file_bytes % frame),
       .repair = fmt::format("head -c {} {} | aapp-play convert - {} --raw {}", file_bytes / frame * frame,
                             input_word(subject), output_word(subject), io::format_raw_spec(raw))});
}

std::string size_formula(const io::ContainerFacts& facts, const Subject& subject, std::int64_t frames) {
  if (!subject.encoding || !(facts.audio_at || subject.raw)) return "";
  const std::size_t bytes = audio::bytes_per_sample(*subject.encoding);
  const io::FileInfo& info = subject.info;
  const std::int64_t audio_bytes = frames * info.channels * static_cast<std::int64_t>(bytes);
  return fmt::format(
      "{:.3f} s x {} Hz x {} channel{} x {} byte{} = {} bytes; the file has {}, {} of them not audio",
      static_cast<double>(frames) / info.rate_hz, info.rate_hz, info.channels, info.channels == 1 ? "" : "s",
      bytes, bytes == 1 ? "" : "s", audio_bytes, facts.file_bytes,
      static_cast<std::int64_t>(facts.file_bytes) - audio_bytes);
}

}  // namespace aapp::inspect

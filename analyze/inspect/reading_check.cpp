#include "analyze/inspect/reading_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "common/audio/interleave.h"

namespace aapp::inspect {
namespace {

using audio::ByteOrder;
using audio::PcmEncoding;

constexpr std::size_t kWindowBytes = 16384;
constexpr std::size_t kFewestWindowFrames = 1200;
// A multiple of every frame's bytes, mono and stereo: all windows begin at the same place of a frame.
constexpr std::size_t kAllFrames = 48;
constexpr double kMargin = 0.5;          // bits per byte by which another reading must be better
constexpr double kAgreement = 0.8;       // share of the stretches that must say so
constexpr std::size_t kFewestAfter = 2;  // stretches behind a place where alignment was lost

bool has_sound(std::span<const std::byte> bytes) {
  return std::adjacent_find(bytes.begin(), bytes.end(), std::not_equal_to<>()) != bytes.end();
}

std::string reading_name(const Reading& reading, int rate_hz) {
  return io::format_raw_spec({.format = reading.format, .rate_hz = rate_hz, .channels = reading.channels});
}

// What the declared reading may be mistaken for: other formats from the same byte on, and its own format some
// bytes later.
std::vector<Reading> alternatives(const Reading& declared) {
  std::vector<Reading> list;
  for (const Reading& reading : possible_readings(2, 1)) {
    if (reading.format != declared.format) list.push_back(reading);
  }
  for (std::size_t skip = 1; skip < audio::bytes_per_sample(declared.format.encoding); ++skip) {
    list.push_back({.format = declared.format, .channels = declared.channels, .skip_bytes = skip});
  }
  return list;
}

// Of the declared format, however many channels it has: they are counted elsewhere.
double declared_length(std::span<const std::byte> bytes, Reading declared) {
  double least = code_length(bytes, declared);
  for (const int channels : {1, 2}) {
    declared.channels = channels;
    least = std::min(least, code_length(bytes, declared));
  }
  return least;
}

}  // namespace

std::vector<Reading> possible_readings(int max_channels, std::size_t max_skip) {
  std::vector<Reading> readings;
  for (const PcmEncoding encoding : {PcmEncoding::s16, PcmEncoding::s24, PcmEncoding::s32, PcmEncoding::f32,
                                     PcmEncoding::f64, PcmEncoding::u8, PcmEncoding::s8}) {
    const std::size_t width = audio::bytes_per_sample(encoding);
    for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
      if (width == 1 && order == ByteOrder::big) continue;
      for (std::size_t skip = 0; skip < std::min(width, max_skip); ++skip) {
        for (int channels = 1; channels <= max_channels; ++channels) {
          readings.push_back(
              {.format = {.encoding = encoding, .order = order}, .channels = channels, .skip_bytes = skip});
        }
      }
    }
  }
  return readings;
}

ReadingCheck::ReadingCheck(const Subject& subject)
    : channels_(subject.info.channels), rate_hz_(subject.info.rate_hz) {
  if (subject.encoding) format_ = subject.stored_format();
  frame_bytes_ = audio::bytes_per_sample(subject.encoding.value_or(PcmEncoding::f32)) *
                 static_cast<std::size_t>(channels_);
  window_frames_ = std::max(kFewestWindowFrames, kWindowBytes / frame_bytes_ / kAllFrames * kAllFrames);
  stride_ = static_cast<std::int64_t>(window_frames_);
}

void ReadingCheck::visit(audio::ConstAudioView block) {
  if (!format_) return;
  for (std::size_t done = 0; done < block.frames();) {
    const auto inside = static_cast<std::size_t>(frames_ % stride_);
    if (inside == 0) start_window();
    const bool storing = inside < window_frames_;
    const std::size_t until = storing ? window_frames_ - inside : static_cast<std::size_t>(stride_) - inside;
    const std::size_t part = std::min(until, block.frames() - done);
    if (storing && windows_.back().first_frame == frames_ - static_cast<std::int64_t>(inside)) {
      store(block.slice(done, part));
    }
    done += part;
    frames_ += static_cast<std::int64_t>(part);
  }
}

// Twice as far apart whenever there are too many, so that they always span what has been heard.
void ReadingCheck::start_window() {
  if (windows_.size() == kMaxWindows) {
    for (std::size_t i = 0; i < kMaxWindows / 2; ++i) windows_[i] = std::move(windows_[2 * i]);
    windows_.resize(kMaxWindows / 2);
    stride_ *= 2;
  }
  if (frames_ % stride_ == 0) windows_.push_back({.first_frame = frames_});
}

void ReadingCheck::store(audio::ConstAudioView part) {
  std::vector<float> interleaved(part.frames() * static_cast<std::size_t>(channels_));
  audio::interleave(part, interleaved);
  std::vector<std::byte>& bytes = windows_.back().bytes;
  const std::size_t old = bytes.size();
  bytes.resize(old + part.frames() * frame_bytes_);
  const auto bits =
      static_cast<int>(8 * std::min<std::size_t>(4, audio::bytes_per_sample(format_->encoding)));
  audio::Quantizer quantizer(bits, audio::Dither::none);
  audio::encode_pcm(interleaved, *format_, quantizer, std::span(bytes).subspan(old));
}

void ReadingCheck::report(const Subject& subject, Findings& findings) const {
  if (!format_) return;
  std::vector<const Window*> heard;
  for (const Window& window : windows_) {
    if (has_sound(window.bytes) && window.bytes.size() >= kFewestWindowFrames * frame_bytes_) {
      heard.push_back(&window);
    }
  }
  if (heard.empty()) return;
  const Reading declared{.format = *format_, .channels = channels_};
  std::vector<double> bits;
  for (const Window* window : heard) bits.push_back(declared_length(window->bytes, declared));
  Winner winner;
  for (const Reading& reading : alternatives(declared)) {
    Winner candidate{.reading = reading, .from = heard.size()};
    while (candidate.from > 0) {
      const double gain = bits[candidate.from - 1] - code_length(heard[candidate.from - 1]->bytes, reading);
      if (gain < kMargin) break;
      --candidate.from;
      candidate.gain += gain;
    }
    if (candidate.gain > winner.gain) winner = candidate;
  }
  if (winner.reading) report_winner(subject, heard, winner, findings);
}

void ReadingCheck::report_winner(const Subject& subject, const std::vector<const Window*>& heard,
                                 const Winner& winner, Findings& findings) const {
  const Reading& best = *winner.reading;
  const std::size_t after = heard.size() - winner.from;
  const bool whole = static_cast<double>(after) >= kAgreement * static_cast<double>(heard.size());
  const bool shifted = best.skip_bytes > 0;
  const std::string name = reading_name(best, subject.info.rate_hz);
  const std::string declared =
      reading_name({.format = *format_, .channels = channels_}, subject.info.rate_hz);
  const double mean_gain = winner.gain / static_cast<double>(after);
  if (whole && !shifted) {
    findings.push_back(
        {.kind = FindingKind::wrong_encoding,
         .what = fmt::format("read as {} it is {:.1f} bits per byte less random than as {}", name, mean_gain,
                             declared),
         .repair = reread_command(subject, {best.format, subject.info.rate_hz, best.channels})});
  } else if (shifted && (whole || after >= kFewestAfter)) {
    const double from_s = static_cast<double>(heard[winner.from]->first_frame) / rate_hz_;
    findings.push_back(
        {.kind = FindingKind::lost_alignment,
         .places = {{from_s, static_cast<double>(frames_) / rate_hz_}},
         .what = fmt::format("from about {:.2f} s on, samples begin {} byte{} later than where they are read",
                             from_s, best.skip_bytes, best.skip_bytes == 1 ? "" : "s"),
         .repair = realign_command(subject, whole ? 0.0 : from_s, best.skip_bytes)});
  }
}

}  // namespace aapp::inspect

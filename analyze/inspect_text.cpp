#include "analyze/inspect_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "common/base/units.h"

namespace aapp::analyze {
namespace {

using Text = std::back_insert_iterator<std::string>;
using inspect::Finding;
using inspect::Inspection;
using inspect::Severity;

std::string dbfs(double gain) {
  return gain > 0.0 ? fmt::format("{:.1f} dBFS", gain_to_db(gain)) : std::string("silent");
}

std::string places_text(const Finding& finding) {
  std::string text;
  for (const inspect::Span& place : finding.places) {
    text += fmt::format("{}{:.4f}", text.empty() ? "" : ", ", place.from_s);
    if (place.to_s - place.from_s > 1e-3) text += fmt::format("-{:.4f}", place.to_s);
  }
  if (text.empty()) return "";
  const bool more = finding.count > static_cast<std::int64_t>(finding.places.size());
  return fmt::format("    at      {} s{}\n", text, more ? ", ..." : "");
}

void write_finding(Text out, const Finding& finding) {
  const inspect::FindingRow& row = inspect::finding_row(finding.kind);
  const std::string channel = finding.channel > 0 ? fmt::format("channel {}: ", finding.channel) : "";
  fmt::format_to(out, "  {}  {}: {}{}\n", finding.severity == Severity::fault ? "FAULT" : "note ", row.title,
                 channel, finding.what);
  fmt::format_to(out, "{}    why     {}\n", places_text(finding), row.why);
  if (!finding.repair.empty()) fmt::format_to(out, "    repair  {}\n", finding.repair);
}

void write_format(Text out, const Inspection& inspection) {
  const io::FileInfo& info = inspection.subject.info;
  fmt::format_to(out, "  {}{}{}, {} Hz, {} channel{}, {:.3f} s\n", info.format.container,
                 info.format.sample_format.empty() ? "" : " ", info.format.sample_format, info.rate_hz,
                 info.channels, info.channels == 1 ? "" : "s",
                 static_cast<double>(inspection.frames) / info.rate_hz);
  if (!inspection.size_formula.empty()) fmt::format_to(out, "  size      {}\n", inspection.size_formula);
  for (std::size_t c = 0; c < inspection.channels.size(); ++c) {
    const inspect::ChannelLevels& levels = inspection.channels[c];
    fmt::format_to(out, "  channel {:<2}min {:+.5f}  max {:+.5f}  mean {:+.6f}  peak {}  RMS {}\n", c + 1,
                   levels.min, levels.max, levels.mean(), dbfs(static_cast<double>(levels.peak())),
                   dbfs(levels.rms()));
  }
  fmt::format_to(
      out, "  content   {}{}\n",
      inspection.used_bits ? fmt::format("{} bits in use; ", *inspection.used_bits) : "",
      inspection.bandwidth_hz
          ? fmt::format("sound up to {:.0f} Hz of {:.0f}", *inspection.bandwidth_hz, info.rate_hz / 2.0)
          : fmt::format("no edge in the spectrum below {:.0f} Hz", info.rate_hz / 2.0));
}

}  // namespace

std::string inspection_text(const Inspection& inspection) {
  std::string text;
  const Text out(text);
  fmt::format_to(out, "{}\n", inspection.subject.info.path);
  if (inspection.subject.info.rate_hz > 0) write_format(out, inspection);
  for (const Finding& finding : inspection.findings) write_finding(out, finding);
  if (inspection.findings.empty()) fmt::format_to(out, "  nothing found: it is what it claims to be\n");
  return text;
}

std::string guess_text(const inspect::RawGuess& guess) {
  std::string text;
  const Text out(text);
  fmt::format_to(out, "{}: {} bytes\n", guess.path, guess.file_bytes);
  if (!guess.container.empty()) {
    fmt::format_to(out, "  begins with {}: it has a header; leave out --raw\n", guess.container);
  }
  if (guess.readings.empty()) {
    fmt::format_to(out, "  too short or silent to tell\n");
    return text;
  }
  const int rate_hz = guess.rates.empty() ? 0 : guess.rates.front().rate_hz;
  for (const inspect::GuessedReading& one : guess.readings) {
    fmt::format_to(out, "  {:<5} {} channel{}{:<16} {:5.2f} bits per byte\n",
                   io::raw_encoding_name(one.reading.format), one.reading.channels,
                   one.reading.channels == 1 ? ", " : "s,",
                   one.reading.skip_bytes == 0 ? "" : fmt::format("after {} bytes", one.reading.skip_bytes),
                   one.bits_per_byte);
  }
  fmt::format_to(out, "  {}\n",
                 guess.clear() ? "The first is clearly the likeliest."
                               : "No reading stands out: listen before you trust one.");
  std::string rates;
  for (const inspect::LikelyRate& one : guess.rates) {
    rates +=
        fmt::format("{}{} Hz ({}, {:.1f})", rates.empty() ? "" : ", ", one.rate_hz, one.kind, one.distance);
  }
  if (!rates.empty()) fmt::format_to(out, "  rate, a guess from what speech and music are like: {}\n", rates);
  const inspect::Reading& first = guess.readings.front().reading;
  if (rate_hz > 0) {
    fmt::format_to(
        out, "  try  {}--raw {}\n",
        first.skip_bytes == 0 ? "" : fmt::format("tail -c +{} FILE with ", first.skip_bytes + 1),
        io::format_raw_spec({.format = first.format, .rate_hz = rate_hz, .channels = first.channels}));
  }
  return text;
}

}  // namespace aapp::analyze

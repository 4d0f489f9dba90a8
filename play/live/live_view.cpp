#include "play/live/live_view.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "common/base/units.h"

namespace aapp::play {
namespace {

constexpr std::int64_t kHoldMs = 2000;
constexpr double kMeterFloorDb = -60.0;
constexpr int kSpectrumRows = 8;
constexpr double kDbPerRow = 6.0;
constexpr int kMostChannels = 4;  // that have a meter each

struct GlyphSet {
  std::string_view bar, dry, reference, mark;
};

GlyphSet glyph_set(Glyphs glyphs) {
  if (glyphs == Glyphs::unicode) return {"█", "░", "━", "┃"};
  return {"#", ":", "=", "|"};
}

// A bar of `width` columns from kMeterFloorDb to 0 dB, with a mark at the held peak.
std::string bar(double level_db, double hold_db, int width, const GlyphSet& glyphs) {
  const auto column = [width](double db) {
    return static_cast<int>(std::lround((1.0 - std::min(db, 0.0) / kMeterFloorDb) * width));
  };
  std::string text;
  for (int i = 1; i <= width; ++i) {
    if (hold_db > kMeterFloorDb && i == std::max(column(hold_db), 1)) {
      text += glyphs.mark;
    } else {
      text += level_db > kMeterFloorDb && i <= column(level_db) ? glyphs.bar : " ";
    }
  }
  return text;
}

std::string meter_line(const char* side, int channel, const Levels& before, const Levels& now,
                       const PeakHolds& holds, int width, const GlyphSet& glyphs) {
  const double rms_db = std::max(kSilentDb, rms_db_between(before, now, channel));
  const double hold_db = level_db(holds.held_gain(channel));
  return fmt::format("{:<4}{} [{}] {:6.1f} dB  peak {:6.1f}  clipped {}", side, channel + 1,
                     bar(rms_db, hold_db, width, glyphs), rms_db, hold_db,
                     now.channel[static_cast<std::size_t>(channel)].clipped);
}

void add_meters(std::vector<std::string>& lines, const LiveView& view, int width, const GlyphSet& glyphs) {
  const LiveStatus& status = view.status;
  for (int c = 0; c < std::min(status.now.in.channels, kMostChannels); ++c)
    lines.push_back(meter_line("in", c, status.before.in, status.now.in, view.in_holds, width, glyphs));
  for (int c = 0; c < std::min(status.now.out.channels, kMostChannels); ++c)
    lines.push_back(meter_line("out", c, status.before.out, status.now.out, view.out_holds, width, glyphs));
  const double reduction_db = std::clamp(-status.now.gain_reduction_db, 0.0, -kMeterFloorDb);
  std::string reduction;
  const int columns = static_cast<int>(std::lround(reduction_db / -kMeterFloorDb * width));
  for (int i = 0; i < width; ++i) reduction += i < columns ? glyphs.bar : " ";
  lines.push_back(fmt::format("gain  [{}] {:6.1f} dB", reduction, status.now.gain_reduction_db));
}

// The reference, moved to the loudness of the output, so that shapes are compared.
BandLevels aligned(const BandLevels& reference, const BandLevels& out) {
  double sum = 0.0;
  int count = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!reference[i] || !out[i]) continue;
    sum += *out[i] - *reference[i];
    ++count;
  }
  BandLevels moved = reference;
  for (auto& level : moved) {
    if (level && count > 0) *level += sum / count;
  }
  return moved;
}

void add_spectrum(std::vector<std::string>& lines, const LiveStatus& status, const GlyphSet& glyphs) {
  const BandLevels& out = status.spectrum_out;
  const BandLevels reference = aligned(status.reference, out);
  double top_db = -30.0;
  for (const BandLevels* levels : {&status.spectrum_in, &out, &reference}) {
    for (const auto& level : *levels) top_db = std::max(top_db, level.value_or(top_db));
  }
  top_db = kDbPerRow * std::ceil(top_db / kDbPerRow);
  for (int row = 0; row < kSpectrumRows; ++row) {
    const double high_db = top_db - row * kDbPerRow, low_db = high_db - kDbPerRow;
    std::string line = fmt::format("{:4.0f} ", low_db);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool here = reference[i] && *reference[i] > low_db && *reference[i] <= high_db;
      line += here ? glyphs.reference : (out[i] && *out[i] > low_db ? glyphs.bar : " ");
      line += status.spectrum_in[i] && *status.spectrum_in[i] > low_db ? glyphs.dry : " ";
    }
    lines.push_back(line);
  }
  // Bands 6, 9 ... are 99 Hz, 198 Hz, 397 Hz and so on.
  lines.push_back(fmt::format("  Hz {:14}{:<6}{:<6}{:<6}{:<6}{:<6}{:<6}{:<6}{:<4}", "", "125", "250", "500",
                              "1k", "2k", "4k", "8k", "16k"));
  lines.push_back(
      fmt::format("     {} out  {} in  {} reference{}", glyphs.bar, glyphs.dry, glyphs.reference,
                  std::ranges::any_of(status.reference, [](const auto& l) { return l.has_value(); })
                      ? ""
                      : ": the preset tells none"));
}

// The first `columns` characters of UTF-8 text.
std::string cut(const std::string& text, int columns) {
  int seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && seen++ == columns) return text.substr(0, i);
  }
  return text;
}

}  // namespace

void PeakHolds::take(const Levels& levels, std::int64_t now_ms) {
  holds_.resize(static_cast<std::size_t>(levels.channels));
  for (std::size_t c = 0; c < holds_.size(); ++c) {
    const auto peak = static_cast<double>(levels.channel[c].peak);
    if (peak >= holds_[c].gain || now_ms - holds_[c].since_ms > kHoldMs) holds_[c] = {peak, now_ms};
  }
}

double PeakHolds::held_gain(int channel) const {
  return static_cast<std::size_t>(channel) < holds_.size() ? holds_[static_cast<std::size_t>(channel)].gain
                                                           : 0.0;
}

std::vector<std::string> render_view(const LiveView& view, const ViewSize& size, Glyphs glyphs) {
  const GlyphSet set = glyph_set(glyphs);
  const int width = std::clamp(size.columns - 45, 10, 60);
  std::vector<std::string> lines{view.headline};
  add_meters(lines, view, width, set);
  const int below = view.keys.empty() ? 2 : 3;
  if (static_cast<int>(lines.size()) + below + kSpectrumRows + 2 <= size.rows)
    add_spectrum(lines, view.status, set);
  lines.push_back(load_text(view.status));
  lines.push_back(xrun_text(view.status));
  if (!view.keys.empty()) lines.push_back(view.keys);
  if (static_cast<int>(lines.size()) > size.rows)
    lines.resize(static_cast<std::size_t>(std::max(size.rows, 0)));
  for (std::string& line : lines) line = cut(line, size.columns);
  return lines;
}

Glyphs terminal_glyphs() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string lower(value);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower.find("utf") != std::string::npos ? Glyphs::unicode : Glyphs::ascii;
  }
  return Glyphs::ascii;
}

}  // namespace aapp::play

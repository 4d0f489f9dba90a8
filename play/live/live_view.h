// The picture that `aapp-play live` keeps redrawing on a terminal: meters with peak hold, gain reduction, the
// spectra of input and output against the reference's, load, interruptions, keys. Pure: numbers in, lines
// out.
#pragma once

#include <string>
#include <vector>

#include "play/live/live_report.h"

namespace aapp::play {

struct ViewSize {
  int columns = 80;
  int rows = 24;
};

// The largest peaks, each held for two seconds.
class PeakHolds {
 public:
  // Peaks of the channels since the last call, as gains.
  void take(const Levels& levels, std::int64_t now_ms);
  double held_gain(int channel) const;

 private:
  struct Hold {
    double gain = 0.0;
    std::int64_t since_ms = 0;
  };
  std::vector<Hold> holds_;
};

enum class Glyphs { ascii, unicode };

struct LiveView {
  LiveStatus status;
  PeakHolds in_holds, out_holds;
  std::string headline;  // preset, back end, rate, period, latency
  std::string keys;      // "" without a keyboard
};

// At most `size` lines of at most so many columns; the spectrum goes where there is no room for it.
std::vector<std::string> render_view(const LiveView& view, const ViewSize& size, Glyphs glyphs);

// Whether the environment's locale shows Unicode.
Glyphs terminal_glyphs();

}  // namespace aapp::play

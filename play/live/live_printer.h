// When and where `aapp-play live` prints: NDJSON events, a picture that is redrawn on a terminal, plain lines
// elsewhere. What it says is live_report.h's business, the picture live_view.h's.
#pragma once

#include <string>

#include "common/cli/common_options.h"
#include "play/engine/live_session.h"
#include "play/live/live_report.h"
#include "play/live/live_spectrum.h"
#include "play/live/live_view.h"

namespace aapp::play {

struct PrinterOptions {
  cli::CommonOptions common{};
  bool plain_meters = false;  // print levels every second although stdout is no terminal
  std::string keys{};         // to be shown; "" without a keyboard
};

class LivePrinter {
 public:
  // `spectrum` is filled by its owner, who outlives the printer, where shows_spectrum() says so.
  LivePrinter(PrinterOptions options, const LiveSpectrum& spectrum);
  // Leaves a terminal as a program should: the cursor is back.
  ~LivePrinter();
  LivePrinter(const LivePrinter&) = delete;
  LivePrinter& operator=(const LivePrinter&) = delete;

  void show_events(LiveSession& session);
  // Prints when it is time. Numbers keep their meaning across a reopened stream: its levels start at zero.
  void show_levels(LiveSession& session, std::int64_t at_ms);
  void show_summary(LiveSession& session);

  // Whether a printer with these options reads its spectrum; filling it costs a transform for each side.
  static bool shows_spectrum(const cli::CommonOptions& options);

 private:
  enum class Style { json, terminal, plain, silent };
  static Style choose_style(const cli::CommonOptions& options);
  static bool with_spectrum(Style style) { return style == Style::json || style == Style::terminal; }
  void look(LiveSession& session);
  void draw(LiveSession& session);
  void erase();
  void print_line(const std::string& text);

  Style style_;
  PrinterOptions options_;
  const LiveSpectrum& spectrum_;
  int drawn_lines_ = 0;
  std::int64_t shown_ms_ = 0;
  LiveView view_;
};

}  // namespace aapp::play

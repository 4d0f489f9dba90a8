// When and where `aapp-play live` prints: NDJSON events, a level line that is redrawn on a terminal, plain
// lines elsewhere. What it says is live_report.h's business.
#pragma once

#include <string>

#include "common/cli/common_options.h"
#include "play/engine/live_session.h"
#include "play/live_report.h"

namespace aapp::play {

class LivePrinter {
 public:
  // plain_meters: print levels every second although stdout is no terminal.
  LivePrinter(const cli::CommonOptions& options, bool plain_meters);

  void show_events(LiveSession& session);
  // Prints when it is time. Numbers keep their meaning across a reopened stream: its levels start at zero.
  void show_levels(LiveSession& session, std::int64_t at_ms);
  void show_summary(LiveSession& session);

 private:
  enum class Style { json, terminal, plain, silent };
  static Style choose_style(const cli::CommonOptions& options);
  void look(LiveSession& session);
  void clear_line();
  void print_line(const std::string& text);

  Style style_;
  bool plain_meters_;
  bool line_open_ = false;
  std::int64_t shown_ms_ = 0;
  LiveStatus status_;
};

}  // namespace aapp::play

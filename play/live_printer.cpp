#include "play/live_printer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace aapp::play {
namespace {

constexpr std::int64_t kTerminalMs = 100;  // between two redraws of the level line
constexpr std::int64_t kPlainMs = 1000;    // between two lines of levels elsewhere

}  // namespace

LivePrinter::LivePrinter(const cli::CommonOptions& options, bool plain_meters)
    : style_(choose_style(options)), plain_meters_(plain_meters) {}

LivePrinter::Style LivePrinter::choose_style(const cli::CommonOptions& options) {
  if (options.json) return Style::json;
  if (options.quiet) return Style::silent;
  return isatty(STDOUT_FILENO) == 1 ? Style::terminal : Style::plain;
}

void LivePrinter::show_events(LiveSession& session) {
  for (const SessionEvent& event : session.take_events()) {
    if (event.kind == EventKind::opened) {
      status_ = {};
      print_line(style_ == Style::json ? stream_json(session) + "\n" : stream_text(session));
    } else if (style_ == Style::json) {
      print_line(event_json(event) + "\n");
    } else if (style_ != Style::silent) {
      clear_line();
      fmt::print(stderr, "aapp-play: {}\n", event.text);
    }
  }
}

void LivePrinter::show_levels(LiveSession& session, std::int64_t at_ms) {
  look(session);
  if (shown_ms_ == 0) shown_ms_ = at_ms;
  const std::int64_t interval_ms = style_ == Style::terminal ? kTerminalMs : kPlainMs;
  if (at_ms - shown_ms_ < interval_ms) return;
  shown_ms_ = at_ms;
  if (style_ == Style::json) print_line(status_json(status_) + "\n");
  if (style_ == Style::plain && plain_meters_) print_line(status_text(status_) + "\n");
  if (style_ == Style::terminal) fmt::print("\r{}\x1b[K", status_text(status_));
  line_open_ = style_ == Style::terminal;
  std::fflush(stdout);
  status_.before = status_.now;
}

void LivePrinter::show_summary(LiveSession& session) {
  status_.counts = session.counts();
  print_line((style_ == Style::json ? summary_json(status_) : summary_text(status_)) + "\n");
}

void LivePrinter::look(LiveSession& session) {
  if (!session.running()) return;
  status_.now = session.meters();
  status_.load = session.load();
  status_.counts = session.counts();
}

void LivePrinter::clear_line() {
  if (std::exchange(line_open_, false)) fmt::print("\r\x1b[K");
}

void LivePrinter::print_line(const std::string& text) {
  if (style_ == Style::silent) return;
  clear_line();
  fmt::print("{}", text);
  std::fflush(stdout);
}

}  // namespace aapp::play

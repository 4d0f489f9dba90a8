#include "play/live/live_printer.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace aapp::play {
namespace {

constexpr std::int64_t kTerminalMs = 100;  // between two redraws
constexpr std::int64_t kPlainMs = 1000;    // between two lines of levels elsewhere

ViewSize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
  // The last column and row stay free: writing into them scrolls some terminals.
  return {.columns = size.ws_col - 1, .rows = size.ws_row - 1};
}

}  // namespace

LivePrinter::LivePrinter(PrinterOptions options, const LiveSpectrum& spectrum)
    : style_(choose_style(options.common)), options_(std::move(options)), spectrum_(spectrum) {
  view_.keys = options_.keys;
  if (style_ == Style::terminal) fmt::print("\x1b[?25l");
}

LivePrinter::~LivePrinter() {
  if (style_ == Style::terminal) fmt::print("\x1b[?25h");
  std::fflush(stdout);
}

LivePrinter::Style LivePrinter::choose_style(const cli::CommonOptions& options) {
  if (options.json) return Style::json;
  if (options.quiet) return Style::silent;
  return isatty(STDOUT_FILENO) == 1 ? Style::terminal : Style::plain;
}

bool LivePrinter::shows_spectrum(const cli::CommonOptions& options) {
  return with_spectrum(choose_style(options));
}

void LivePrinter::show_events(LiveSession& session) {
  for (const SessionEvent& event : session.take_events()) {
    if (event.kind == EventKind::opened) {
      view_.status = {};
      print_line(style_ == Style::json ? stream_json(session) + "\n" : stream_text(session));
    } else if (style_ == Style::json) {
      print_line(event_json(event) + "\n");
    } else if (style_ != Style::silent) {
      erase();
      std::fflush(stdout);
      fmt::print(stderr, "aapp-play: {}\n", event.text);
    }
  }
}

void LivePrinter::show_levels(LiveSession& session, std::int64_t at_ms) {
  if (session.running()) {
    view_.in_holds.take(session.meters().in, at_ms);
    view_.out_holds.take(session.meters().out, at_ms);
  }
  if (shown_ms_ == 0) shown_ms_ = at_ms;
  const std::int64_t interval_ms = style_ == Style::terminal ? kTerminalMs : kPlainMs;
  if (at_ms - shown_ms_ < interval_ms) return;
  shown_ms_ = at_ms;
  look(session);
  LiveStatus& status = view_.status;
  if (with_spectrum(style_)) {
    status.spectrum_in = spectrum_.in();
    status.spectrum_out = spectrum_.out();
    status.reference = reference_levels(session.preset());
  }
  if (style_ == Style::json) print_line(status_json(status) + "\n");
  if (style_ == Style::plain && options_.plain_meters) print_line(status_text(status) + "\n");
  if (style_ == Style::terminal) draw(session);
  status.before = status.now;
}

void LivePrinter::draw(LiveSession& session) {
  view_.headline = session.running() ? headline_text(session) : "waiting for a device";
  std::string picture;
  const std::vector<std::string> lines = render_view(view_, terminal_size(), terminal_glyphs());
  if (drawn_lines_ > 0) picture += fmt::format("\x1b[{}F", drawn_lines_);
  for (const std::string& line : lines) picture += line + "\x1b[K\n";
  picture += "\x1b[J";
  drawn_lines_ = static_cast<int>(lines.size());
  fmt::print("{}", picture);
  std::fflush(stdout);
}

void LivePrinter::show_summary(LiveSession& session) {
  view_.status.counts = session.counts();
  view_.status.load = session.load();
  view_.status.cpu = session.cpu_load();
  print_line((style_ == Style::json ? summary_json(view_.status) : summary_text(view_.status)) + "\n");
}

void LivePrinter::look(LiveSession& session) {
  if (!session.running()) return;
  LiveStatus& status = view_.status;
  status.now = session.meters();
  status.load = session.load();
  status.cpu = session.cpu_load();
  status.counts = session.counts();
  status.period_frames = session.facts().period_frames;
  status.advised_period_frames = session.advised_period_frames();
  status.rung = session.rung();
  status.bypassed = session.bypass() == Bypass::on;
  status.muted = session.muted();
}

void LivePrinter::erase() {
  if (drawn_lines_ > 0) fmt::print("\x1b[{}F\x1b[J", std::exchange(drawn_lines_, 0));
}

void LivePrinter::print_line(const std::string& text) {
  if (style_ == Style::silent) return;
  erase();
  fmt::print("{}", text);
  std::fflush(stdout);
}

}  // namespace aapp::play

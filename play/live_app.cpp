#include "play/live_app.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "common/base/interrupt.h"
#include "common/preset/library.h"
#include "common/preset/preset_json.h"
#include "common/rt/rt_thread.h"
#include "play/admission/cost.h"
#include "play/engine/live_session.h"
#include "play/latency_app.h"
#include "play/live_controls.h"
#include "play/live_report.h"

namespace aapp::play {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::int64_t kTerminalMs = 100;  // between two redraws of the level line
constexpr std::int64_t kPlainMs = 1000;    // between two lines of levels elsewhere

std::int64_t now_ms() {
  return rt::monotonic_ns() / 1'000'000;
}

Result<std::optional<Backend>> parse_backend(const std::string& name) {
  if (name == "auto") return std::optional<Backend>{};
  for (const Backend backend : {Backend::jack, Backend::pulse, Backend::alsa, Backend::rtaudio_jack}) {
    if (name == backend_name(backend)) return std::optional(backend);
  }
  return fail(ErrorCode::usage, "--backend is \"{}\"; must be auto, jack, pulse, alsa or rtaudio-jack", name);
}

Result<SessionOptions> session_options(const LiveOptions& options) {
  Result<std::optional<Backend>> backend = parse_backend(options.backend);
  if (!backend) return tl::unexpected(backend.error());
  SessionOptions session{.backend = *backend,
                         .wishes = {.input = options.input.empty() ? options.device : options.input,
                                    .output = options.output.empty() ? options.device : options.output,
                                    .rate_hz = options.rate_hz,
                                    .period_frames = options.period_frames,
                                    .channels_in = options.channels_in,
                                    .channels_out = options.channels_out,
                                    .buffers = options.buffers},
                         .map = {},
                         .when_absent = options.wait ? WhenAbsent::wait : WhenAbsent::fail};
  if (!options.force) session.admit = admit;
  if (options.map.empty()) return session;
  Result<ChannelMap> map = parse_channel_map(options.map);
  if (!map) return tl::unexpected(map.error());
  session.map = *map;
  // A map of two entries asks for two outputs.
  if (!options.channels_out) session.wishes.channels_out = static_cast<int>(map->size());
  return session;
}

enum class Style { json, terminal, plain, silent };

Style choose_style(const LiveOptions& options) {
  if (options.common.json) return Style::json;
  if (options.common.quiet) return Style::silent;
  return isatty(STDOUT_FILENO) == 1 ? Style::terminal : Style::plain;
}

// Prints while audio plays. Numbers keep their meaning across a reopened stream: its levels start at zero.
class LivePrinter {
 public:
  explicit LivePrinter(const LiveOptions& options)
      : style_(choose_style(options)), plain_meters_(options.meters) {}

  void show_events(LiveSession& session) {
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

  void show_levels(LiveSession& session, std::int64_t at_ms) {
    look(session);
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

  void show_summary(LiveSession& session) {
    status_.counts = session.counts();
    print_line((style_ == Style::json ? summary_json(status_) : summary_text(status_)) + "\n");
  }

 private:
  void look(LiveSession& session) {
    if (!session.running()) return;
    status_.now = session.meters();
    status_.load = session.load();
    status_.counts = session.counts();
  }
  void clear_line() {
    if (std::exchange(line_open_, false)) fmt::print("\r\x1b[K");
  }
  void print_line(const std::string& text) {
    if (style_ == Style::silent) return;
    clear_line();
    fmt::print("{}", text);
    std::fflush(stdout);
  }

  Style style_;
  bool plain_meters_;
  bool line_open_ = false;
  std::int64_t shown_ms_ = now_ms();
  LiveStatus status_;
};

}  // namespace

Result<void> run_live(const LiveOptions& options) {
  Result<SessionOptions> wanted = session_options(options);
  if (!wanted) return tl::unexpected(wanted.error());
  if (options.measure_latency) return measure_latency(*wanted, options.common);
  Result<std::string> path = preset::find_preset(options.preset, preset::library_folders());
  if (!path) return tl::unexpected(path.error());
  Result<Preset> preset = preset::load_preset(*path);
  if (!preset) return tl::unexpected(preset.error());

  watch_interrupts();
  Result<std::unique_ptr<LiveSession>> session = LiveSession::start(std::move(*wanted), std::move(*preset));
  if (!session) return tl::unexpected(session.error());

  LivePrinter printer(options);
  LiveControls controls(**session, *path);
  if (controls.has_keys()) (*session)->tell(EventKind::note, keys_text());
  const std::int64_t end_ms = now_ms() + static_cast<std::int64_t>(1000.0 * options.duration_s);
  while (!interrupted() && !controls.quit() && (options.duration_s <= 0.0 || now_ms() < end_ms)) {
    (*session)->tick(now_ms());
    controls.poll(now_ms());
    printer.show_events(**session);
    printer.show_levels(**session, now_ms());
    std::this_thread::sleep_for(kTick);
  }
  (*session)->stop();
  printer.show_summary(**session);
  return {};
}

}  // namespace aapp::play

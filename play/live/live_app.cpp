#include "play/live/live_app.h"

#include <chrono>
#include <thread>

#include "common/base/interrupt.h"
#include "common/preset/library.h"
#include "common/preset/preset_json.h"
#include "common/rt/rt_thread.h"
#include "play/admission/cost.h"
#include "play/engine/live_session.h"
#include "play/live/device_options.h"
#include "play/live/latency_app.h"
#include "play/live/live_controls.h"
#include "play/live/live_extras.h"
#include "play/live/live_printer.h"
#include "play/live/machine.h"

namespace aapp::play {
namespace {

// Seldom, since each look wakes a processor beside the audio thread's; often enough for keys and files.
constexpr std::chrono::nanoseconds kTick = std::chrono::milliseconds(50);

std::int64_t now_ms() {
  return rt::monotonic_ns() / 1'000'000;
}

// By the clock of rt::monotonic_ns(), which is that of steady_clock.
void sleep_until_ns(std::int64_t at_ns) {
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at_ns)));
}

Result<SessionOptions> session_options(const LiveOptions& options) {
  Result<std::optional<Backend>> backend = parse_backend(options.device.backend);
  if (!backend) return tl::unexpected(backend.error());
  SessionOptions session{.backend = *backend,
                         .wishes = device_wishes(options.device),
                         .map = {},
                         .when_absent = options.wait ? WhenAbsent::wait : WhenAbsent::fail};
  session.wishes.period_frames = options.period_frames;
  const auto admission = std::make_shared<Admission>(options.force ? OverBudget::allow : OverBudget::refuse);
  session.admit = [admission](const Preset& preset, const CallbackSpec& callback) {
    return admission->ask(preset, callback).map([](const CostFigures& cost) { return cost.p999_us; });
  };
  if (options.map.empty()) return session;
  Result<ChannelMap> map = parse_channel_map(options.map);
  if (!map) return tl::unexpected(map.error());
  session.map = *map;
  // A map of two entries asks for two outputs.
  if (!options.device.channels_out) session.wishes.channels_out = static_cast<int>(map->size());
  return session;
}

}  // namespace

Result<void> run_live(const LiveOptions& options) {
  const Machine machine(options.save_power);
  Result<SessionOptions> wanted = session_options(options);
  if (!wanted) return tl::unexpected(wanted.error());
  if (options.measure_latency) return measure_latency(*wanted, options.common);
  Result<std::string> path = preset::find_preset(options.preset, preset::library_folders());
  if (!path) return tl::unexpected(path.error());
  Result<Preset> preset = preset::load_preset(*path);
  if (!preset) return tl::unexpected(preset.error());

  watch_interrupts();
  Result<std::unique_ptr<LiveExtras>> extras = LiveExtras::make(options);
  if (!extras) return tl::unexpected(extras.error());
  LiveSpectrum spectrum;
  const bool spectrum_shown = LivePrinter::shows_spectrum(options.common);
  wanted->listener = [&](const audio::StreamSpec& spec, const TappedBlock& piece) {
    (*extras)->hear(spec, piece);
    if (spectrum_shown) spectrum.hear(spec, piece);
  };
  Result<std::unique_ptr<LiveSession>> session = LiveSession::start(std::move(*wanted), std::move(*preset));
  if (!session) return tl::unexpected(session.error());

  machine.tell(**session);
  LiveControls controls(**session, **extras, *path);
  LivePrinter printer({.common = options.common,
                       .plain_meters = options.meters,
                       .keys = controls.has_keys() ? keys_text() : ""},
                      spectrum);
  const std::int64_t end_ms = now_ms() + static_cast<std::int64_t>(1000.0 * options.duration_s);
  while (!interrupted() && !controls.quit() && (options.duration_s <= 0.0 || now_ms() < end_ms)) {
    (*session)->tick(now_ms());
    (*extras)->poll(**session);
    controls.poll(now_ms());
    printer.show_events(**session);
    printer.show_levels(**session, now_ms());
    sleep_until_ns((*session)->next_tick_ns(rt::monotonic_ns() + kTick.count()));
  }
  (*session)->stop();
  Result<void> recorded = (*extras)->finish(**session);
  printer.show_events(**session);
  printer.show_summary(**session);
  return recorded;
}

}  // namespace aapp::play

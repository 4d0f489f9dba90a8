#include "play/live/tune_app.h"

#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>

#include "common/base/interrupt.h"
#include "common/preset/library.h"
#include "play/admission/cost.h"
#include "play/device/jack_device.h"
#include "play/live/device_options.h"
#include "play/live/machine.h"
#include "play/live/tune_trial.h"

namespace aapp::play {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kPeriods{16, 32, 64, 128, 256, 512, 1024, 2048};
constexpr int kChainBlockFrames = 1024;

struct Tuning {
  StreamFacts facts;
  std::vector<TrialFigures> trials;
  std::optional<int> room;  // how many more presets fit where it holds
  bool holds() const { return !trials.empty() && trials.back().holds; }
};

Result<std::unique_ptr<TrialRunner>> make_runner(const Preset& preset, const StreamFacts& facts) {
  const int channels = facts.channels_out > 0 ? facts.channels_out : facts.channels_in;
  return TrialRunner::make(
      preset, {.rate_hz = facts.rate_hz, .channels = channels, .max_block_frames = kChainBlockFrames});
}

// Every client of a JACK server has its period, so changing it is heard by all.
Result<void> check_alone(bool force) {
  const Result<BackendListing> listing = list_jack_devices();
  if (force || !listing) return {};
  std::vector<std::string> others;
  for (const DeviceInfo& device : listing->devices) {
    if (!device.default_input && !device.default_output) others.push_back(device.name);
  }
  if (others.empty()) return {};
  return fail(
      ErrorCode::device_unavailable,
      "tuning changes the period of the JACK server, which {} would hear; end them first, or --force it",
      fmt::join(others, ", "));
}

// Back to what the server had, whatever happens.
class PeriodKeeper {
 public:
  explicit PeriodKeeper(AudioDevice& device) : device_(device), frames_(device.status().period_frames) {}
  ~PeriodKeeper() { static_cast<void>(device_.request_period(frames_)); }
  PeriodKeeper(const PeriodKeeper&) = delete;
  PeriodKeeper& operator=(const PeriodKeeper&) = delete;

 private:
  AudioDevice& device_;
  int frames_;
};

class Tuner {
 public:
  Tuner(const TuneOptions& options, const Preset& preset)
      : preset_(preset),
        demand_{.seconds = options.seconds, .dropouts = static_cast<std::uint64_t>(options.dropouts)},
        print_(!options.common.json && !options.common.quiet) {}

  // One JACK client at one period after the other.
  Result<Tuning> on_jack(OpenedDevice opened) {
    Tuning tuning{.facts = opened.facts, .trials = {}, .room = {}};
    Result<std::unique_ptr<TrialRunner>> runner = make_runner(preset_, opened.facts);
    if (!runner) return tl::unexpected(runner.error());
    // Destroyed in this order: the server's period is set back, then the client closed, then its callback
    // gone.
    const std::unique_ptr<AudioDevice> device = std::move(opened.device);
    const PeriodKeeper keeper(*device);
    if (Result<void> ok = device->start(callback_to(**runner)); !ok) return tl::unexpected(ok.error());
    for (const int frames : kPeriods) {
      if (Result<void> ok = device->request_period(frames); !ok) continue;
      if (attempt(tuning, *device, **runner)) break;
    }
    return tuning;
  }

  // One stream after the other.
  Result<Tuning> on_streams(Backend backend, DeviceWishes wishes) {
    Tuning tuning;
    for (const int frames : kPeriods) {
      wishes.period_frames = frames;
      Result<OpenedDevice> opened = open_device(backend, wishes);
      if (!opened) return tl::unexpected(opened.error());
      const bool known =
          !tuning.trials.empty() && tuning.trials.back().period_frames == opened->facts.period_frames;
      tuning.facts = opened->facts;
      if (known) continue;  // the device has a smallest period of its own
      Result<std::unique_ptr<TrialRunner>> runner = make_runner(preset_, opened->facts);
      if (!runner) return tl::unexpected(runner.error());
      if (Result<void> ok = opened->device->start(callback_to(**runner)); !ok)
        return tl::unexpected(ok.error());
      const bool done = attempt(tuning, *opened->device, **runner);
      opened->device->close();
      if (done) break;
    }
    return tuning;
  }

 private:
  // True when the search is over.
  bool attempt(Tuning& tuning, const AudioDevice& device, TrialRunner& runner) {
    const TrialFigures figures = watch_trial(device, runner, demand_);
    tuning.trials.push_back(figures);
    if (print_) print(figures, tuning.facts.rate_hz);
    if (figures.holds) tuning.room = room(figures, tuning.facts.rate_hz);
    return figures.holds || interrupted();
  }

  // By the time of the callbacks that were measured on the device's thread.
  static int room(const TrialFigures& figures, int rate_hz) {
    const double us = 1e6 * figures.period_frames / rate_hz;
    return room_for_more({.typical_us = us * figures.load.mean, .p999_us = us * figures.load.p999}, us);
  }

  static void print(const TrialFigures& figures, int rate_hz) {
    fmt::print("{:5} frames ({:5.2f} ms): {}, load mean {:.1f} %, p99.9 {:.1f} %, max {:.1f} %\n",
               figures.period_frames, 1000.0 * figures.period_frames / rate_hz,
               figures.silent  ? "no audio"
               : figures.holds ? fmt::format("holds for {:.0f} s", figures.seconds)
                               : fmt::format("{} dropouts in {:.1f} s", figures.dropouts, figures.seconds),
               100.0 * figures.load.mean, 100.0 * figures.load.p999, 100.0 * figures.load.max);
    std::fflush(stdout);
  }

  const Preset& preset_;
  TrialDemand demand_;
  bool print_;
};

Json tuning_json(const Tuning& tuning, const Preset& preset) {
  Json trials = Json::array();
  for (const TrialFigures& trial : tuning.trials) {
    trials.push_back({{"period_frames", trial.period_frames},
                      {"seconds", trial.seconds},
                      {"dropouts", trial.dropouts},
                      {"silent", trial.silent},
                      {"holds", trial.holds},
                      {"load",
                       {{"mean", trial.load.mean},
                        {"p99", trial.load.p99},
                        {"p999", trial.load.p999},
                        {"max", trial.load.max}}}});
  }
  return {
      {"backend", backend_name(tuning.facts.backend)},
      {"rate_hz", tuning.facts.rate_hz},
      {"input", tuning.facts.input},
      {"output", tuning.facts.output},
      {"preset", preset.name},
      {"trials", std::move(trials)},
      {"smallest_period_frames", tuning.holds() ? Json(tuning.trials.back().period_frames) : Json(nullptr)},
      {"room_for_more", tuning.room ? Json(*tuning.room) : Json(nullptr)}};
}

std::string advice(const Tuning& tuning, const Preset& preset) {
  const int frames = tuning.trials.back().period_frames;
  return fmt::format("{} frames a period hold \"{}\", with room for {} more of it; {}\n", frames, preset.name,
                     tuning.room.value_or(0),
                     tuning.facts.backend == Backend::jack ? fmt::format("jack_bufsize {} sets it", frames)
                                                           : fmt::format("live --frames {}", frames));
}

Result<void> check_options(const TuneOptions& options) {
  if (!(options.seconds >= 0.5 && options.seconds <= 3600.0))
    return fail(ErrorCode::usage, "--seconds is {}; must be 0.5 to 3600", options.seconds);
  if (options.dropouts < 0)
    return fail(ErrorCode::usage, "--dropouts is {}; must be 0 or more", options.dropouts);
  return {};
}

}  // namespace

Result<void> run_tune(const TuneOptions& options) {
  if (Result<void> ok = check_options(options); !ok) return ok;
  const Result<std::optional<Backend>> backend = parse_backend(options.device.backend);
  if (!backend) return tl::unexpected(backend.error());
  const Result<Preset> preset = preset::open_preset(options.preset);
  if (!preset) return tl::unexpected(preset.error());
  watch_interrupts();
  const Machine machine(options.save_power);  // as live finds it
  Result<OpenedDevice> opened = open_device(*backend, device_wishes(options.device));
  if (!opened) return tl::unexpected(opened.error());
  const Backend found = opened->facts.backend;
  const bool native = found == Backend::jack;
  Tuner tuner(options, *preset);
  if (native) {
    opened->device->close();
    if (Result<void> ok = check_alone(options.force); !ok) return ok;
    opened = open_device(found, device_wishes(options.device));
    if (!opened) return tl::unexpected(opened.error());
  } else {
    opened->device.reset();
  }
  const Result<Tuning> tuning =
      native ? tuner.on_jack(std::move(*opened)) : tuner.on_streams(found, device_wishes(options.device));
  if (!tuning) return tl::unexpected(tuning.error());
  if (interrupted()) return tl::unexpected(interrupted_error());
  if (options.common.json) fmt::print("{}\n", tuning_json(*tuning, *preset).dump(2));
  if (tuning->holds()) {
    if (!options.common.json) fmt::print("{}", advice(*tuning, *preset));
    return {};
  }
  return fail(
      ErrorCode::refused,
      "no period up to {} frames held \"{}\" for {} s with at most {} dropouts; give the audio server "
      "real-time priority, end other programs, or allow some (--dropouts)",
      kPeriods.back(), preset->name, options.seconds, options.dropouts);
}

}  // namespace aapp::play

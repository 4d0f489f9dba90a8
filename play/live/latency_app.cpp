#include "play/live/latency_app.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "common/base/interrupt.h"
#include "play/engine/latency_probe.h"

namespace aapp::play {
namespace {

constexpr int kWaitMs = 500;  // for each pulse
constexpr int kPulses = 8;
constexpr std::chrono::milliseconds kTick{20};

void print_result(const StreamFacts& facts, const LatencyVerdict& verdict,
                  const cli::CommonOptions& options) {
  const double ms = 1000.0 * verdict.frames / facts.rate_hz;
  if (options.json) {
    const nlohmann::ordered_json result{{"backend", backend_name(facts.backend)},
                                        {"rate_hz", facts.rate_hz},
                                        {"period_frames", facts.period_frames},
                                        {"round_trip_frames", verdict.frames},
                                        {"round_trip_ms", ms},
                                        {"spread_frames", verdict.spread_frames}};
    fmt::print("{}\n", result.dump());
    return;
  }
  fmt::print("{} at {} Hz, {} frames a period: the round trip takes {} frames ({:.2f} ms), varying by {}\n",
             backend_name(facts.backend), facts.rate_hz, facts.period_frames, verdict.frames, ms,
             verdict.spread_frames);
}

}  // namespace

Result<void> measure_latency(const SessionOptions& wanted, const cli::CommonOptions& options) {
  watch_interrupts();
  Result<OpenedDevice> opened = wanted.opener(wanted.backend, wanted.wishes);
  if (!opened) return tl::unexpected(opened.error());
  LatencyProbe probe(opened->facts.rate_hz, kWaitMs);
  if (Result<void> ok = opened->device->start(callback_to(probe)); !ok) return ok;

  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(2 * kWaitMs * (kPulses + 2));
  LatencyFigures figures;
  while (figures.pulses <= kPulses && std::chrono::steady_clock::now() < deadline) {
    if (interrupted()) return tl::unexpected(interrupted_error());
    std::this_thread::sleep_for(kTick);
    figures = probe.figures();
  }
  opened->device->close();
  const LatencyVerdict verdict = judge(figures);
  if (!verdict.found) {
    return fail(ErrorCode::device_unavailable,
                "of {} pulses sent on {} \"{}\", {} came back clearly on \"{}\"; connect output 1 to input 1 "
                "by a cable or "
                "in the patch bay",
                figures.pulses, backend_name(opened->facts.backend), opened->facts.output,
                figures.delays_frames.size(), opened->facts.input);
  }
  print_result(opened->facts, verdict, options);
  return {};
}

}  // namespace aapp::play

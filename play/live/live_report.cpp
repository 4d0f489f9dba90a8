#include "play/live/live_report.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "common/base/units.h"

namespace aapp::play {
namespace {

using Json = nlohmann::ordered_json;

// Levels go to JSON rounded: a hundredth of a dB is far below what a meter means.
double rounded(double value) {
  return std::round(value * 100.0) / 100.0;
}

double to_ms(std::int64_t frames, int rate_hz) {
  return 1000.0 * static_cast<double>(frames) / rate_hz;
}

struct SideLevels {
  double rms_db = kSilentDb;   // of the loudest channel
  double peak_db = kSilentDb;  // of all channels
  std::int64_t clipped = 0;
};

SideLevels side_levels(const Levels& before, const Levels& now) {
  SideLevels levels;
  for (int c = 0; c < now.channels; ++c) {
    const ChannelLevel& channel = now.channel[static_cast<std::size_t>(c)];
    levels.rms_db = std::max(levels.rms_db, rms_db_between(before, now, c));
    levels.peak_db = std::max(levels.peak_db, level_db(static_cast<double>(channel.peak)));
    levels.clipped += channel.clipped;
  }
  return levels;
}

std::string side_text(const char* name, const SideLevels& levels) {
  return fmt::format("{} {:6.1f} dB peak {:6.1f}{}", name, levels.rms_db, levels.peak_db,
                     levels.clipped > 0 ? fmt::format(" clipped {}", levels.clipped) : "");
}

std::string stated(std::optional<int> frames, int rate_hz) {
  return frames ? fmt::format("{} frames ({:.2f} ms)", *frames, to_ms(*frames, rate_hz)) : "unknown";
}

Json side_json(const Levels& before, const Levels& now) {
  Json channels = Json::array();
  for (int c = 0; c < now.channels; ++c) {
    const ChannelLevel& channel = now.channel[static_cast<std::size_t>(c)];
    channels.push_back({{"rms_db", rounded(std::max(kSilentDb, rms_db_between(before, now, c)))},
                        {"peak_db", rounded(level_db(static_cast<double>(channel.peak)))},
                        {"clipped", channel.clipped}});
  }
  return channels;
}

Json optional_json(std::optional<int> value) {
  return value ? Json(*value) : Json(nullptr);
}

Json shares_json(const LoadFigures& load) {
  return {{"mean", load.mean}, {"p99", load.p99}, {"p999", load.p999}, {"max", load.max}};
}

Json load_json(const LoadFigures& load) {
  Json json = shares_json(load);
  json["overruns"] = load.overruns;
  json["late_wakeups"] = load.late_wakes;
  json["late_p999"] = load.late_p999;
  return json;
}

Json levels_json(const BandLevels& levels) {
  Json json = Json::array();
  for (const auto& level : levels) json.push_back(level ? Json(rounded(*level)) : Json(nullptr));
  return json;
}

std::string_view rung_name(Rung rung) {
  switch (rung) {
    case Rung::full:
      return "full";
    case Rung::economy:
      return "economy";
    case Rung::lighter:
      return "lighter";
    case Rung::dry:
      return "dry";
  }
  return "";
}

Json counts_json(const SessionCounts& counts) {
  return {{"callbacks", counts.callbacks},
          {"xruns", counts.xruns},
          {"non_finite_in", counts.non_finite_in},
          {"runaways", counts.runaways},
          {"reopened", counts.reopened},
          {"howls", counts.howls},
          {"xrun_causes",
           {{"late_wakeup", counts.causes.late_wakeup},
            {"own_overrun", counts.causes.own_overrun},
            {"other_client", counts.causes.other_client},
            {"device", counts.causes.device}}}};
}

// Figures both of the moment and of the end.
Json running_json(const LiveStatus& status) {
  return {{"load", load_json(status.load)},
          {"cpu", shares_json(status.cpu)},
          {"suggested_period_frames",
           status.advised_period_frames > 0 ? Json(status.advised_period_frames) : Json(nullptr)},
          {"counts", counts_json(status.counts)}};
}

}  // namespace

double level_db(double gain) {
  return gain > 0.0 ? std::max(kSilentDb, gain_to_db(gain)) : kSilentDb;
}

std::string prediction_text(const LiveSession& session) {
  if (!session.predicted_p999_us()) return "";
  const StreamFacts& facts = session.facts();
  const double period_us = 1000.0 * to_ms(facts.period_frames, facts.rate_hz);
  return fmt::format("predicted: one period in a thousand takes over {:.0f} us of {:.0f} us ({:.1f} %)",
                     *session.predicted_p999_us(), period_us,
                     100.0 * *session.predicted_p999_us() / period_us);
}

std::string headline_text(const LiveSession& session) {
  const StreamFacts& facts = session.facts();
  const std::string latency =
      facts.added_frames
          ? fmt::format("{:.2f} ms added",
                        to_ms(*facts.added_frames + session.chain_latency_frames(), facts.rate_hz))
          : fmt::format("{:.2f} ms added by the preset",
                        to_ms(session.chain_latency_frames(), facts.rate_hz));
  return fmt::format("\"{}\"  {}{}{}, {} Hz, {} frames ({:.2f} ms), {}", session.preset().name,
                     session.muted() ? "MUTED  " : "", session.bypass() == Bypass::on ? "BYPASS  " : "",
                     backend_name(facts.backend), facts.rate_hz, facts.period_frames,
                     to_ms(facts.period_frames, facts.rate_hz), latency);
}

std::string stream_text(const LiveSession& session) {
  const StreamFacts& facts = session.facts();
  const int rate_hz = facts.rate_hz;
  std::string text = fmt::format("Playing \"{}\" on {} as \"{}\"\n", session.preset().name,
                                 backend_name(facts.backend), facts.client_name);
  text += fmt::format("  input    {} ({} channels)\n", facts.input, facts.channels_in);
  text += fmt::format("  output   {} ({} channels)\n", facts.output, facts.channels_out);
  text += fmt::format("  format   {} Hz, {} frames a period ({:.2f} ms)\n", rate_hz, facts.period_frames,
                      to_ms(facts.period_frames, rate_hz));
  const std::int64_t chain = session.chain_latency_frames();
  if (facts.added_frames) {
    const std::int64_t added = *facts.added_frames + chain;
    text += fmt::format("  latency  aapp adds {} frames ({:.2f} ms): back end {}, preset {}\n", added,
                        to_ms(added, rate_hz), *facts.added_frames, chain);
  } else {
    text += fmt::format(
        "  latency  the preset adds {} frames ({:.2f} ms); what {} adds is not stated, --measure-latency "
        "finds it\n",
        chain, to_ms(chain, rate_hz), backend_name(facts.backend));
  }
  if (const std::string predicted = prediction_text(session); !predicted.empty())
    text += "  load     " + predicted + "\n";
  if (facts.capture_latency_frames || facts.playback_latency_frames) {
    text += fmt::format("           {} states: capture {}, playback {}\n", backend_name(facts.backend),
                        stated(facts.capture_latency_frames, rate_hz),
                        stated(facts.playback_latency_frames, rate_hz));
  }
  return text;
}

std::string stream_json(const LiveSession& session) {
  const StreamFacts& facts = session.facts();
  return Json{{"event", "stream"},
              {"preset", session.preset().name},
              {"backend", backend_name(facts.backend)},
              {"client", facts.client_name},
              {"input", facts.input},
              {"output", facts.output},
              {"rate_hz", facts.rate_hz},
              {"period_frames", facts.period_frames},
              {"channels_in", facts.channels_in},
              {"channels_out", facts.channels_out},
              {"latency",
               {{"back_end_frames", optional_json(facts.added_frames)},
                {"preset_frames", session.chain_latency_frames()},
                {"stated_capture_frames", optional_json(facts.capture_latency_frames)},
                {"stated_playback_frames", optional_json(facts.playback_latency_frames)}}},
              {"predicted_p999_us",
               session.predicted_p999_us() ? Json(rounded(*session.predicted_p999_us())) : Json(nullptr)}}
      .dump();
}

std::string status_text(const LiveStatus& status) {
  return fmt::format("{} | {} | gain {:5.1f} dB | load {:4.1f} % p99.9 {:4.1f} % | xruns {}",
                     side_text("in", side_levels(status.before.in, status.now.in)),
                     side_text("out", side_levels(status.before.out, status.now.out)),
                     status.now.gain_reduction_db, 100.0 * status.load.mean, 100.0 * status.load.p999,
                     status.counts.xruns);
}

std::string status_json(const LiveStatus& status) {
  Json json{{"event", "meters"},
            {"in", side_json(status.before.in, status.now.in)},
            {"out", side_json(status.before.out, status.now.out)},
            {"gain_reduction_db", rounded(status.now.gain_reduction_db)},
            {"bypass", status.bypassed},
            {"muted", status.muted},
            {"quality", rung_name(status.rung)},
            {"spectrum",
             {{"in_db", levels_json(status.spectrum_in)},
              {"out_db", levels_json(status.spectrum_out)},
              {"reference_db", levels_json(status.reference)}}}};
  json.update(running_json(status));
  return json.dump();
}

std::string load_text(const LiveStatus& status) {
  return fmt::format("load mean {:.1f} %, p99 {:.1f} %, p99.9 {:.1f} %, max {:.1f} %, processor {:.1f} %{}",
                     100.0 * status.load.mean, 100.0 * status.load.p99, 100.0 * status.load.p999,
                     100.0 * status.load.max, 100.0 * status.cpu.mean,
                     status.rung == Rung::full ? "" : fmt::format(", {}", rung_name(status.rung)));
}

std::string xrun_text(const LiveStatus& status) {
  const XrunCauses& causes = status.counts.causes;
  if (status.counts.xruns == 0) return "0 xruns";
  std::string text;
  const auto add = [&text](std::uint64_t count, const char* cause) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, cause);
  };
  add(causes.own_overrun, "too much work");
  add(causes.late_wakeup, "woken late");
  add(causes.other_client, "another program");
  add(causes.device, "the device");
  return fmt::format("{} xruns{}{}", status.counts.xruns, text.empty() ? "" : " (" + text + ")",
                     status.advised_period_frames > status.period_frames
                         ? fmt::format("; {} frames a period would do", status.advised_period_frames)
                         : "");
}

std::string event_json(const SessionEvent& event) {
  return Json{{"event", event_name(event.kind)}, {"text", event.text}}.dump();
}

std::string summary_text(const LiveStatus& status) {
  const SessionCounts& counts = status.counts;
  std::string text =
      fmt::format("Stopped after {} periods: {}; {}", counts.callbacks, load_text(status), xrun_text(status));
  if (counts.reopened > 0) text += fmt::format("; reopened {} times", counts.reopened);
  if (counts.non_finite_in > 0)
    text += fmt::format("; {} non-finite input samples played as silence", counts.non_finite_in);
  if (counts.runaways > 0)
    text += fmt::format("; the preset blew up and was reset {} times", counts.runaways);
  return text;
}

std::string summary_json(const LiveStatus& status) {
  Json json{{"event", "stopped"}};
  json.update(running_json(status));
  return json.dump();
}

}  // namespace aapp::play

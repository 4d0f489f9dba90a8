#include "analyze/inspect/inspection_json.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kSilent = 1e-12;  // -240 dBFS: no sample of 32 bits is as small

// Six significant digits say all that was measured.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return std::stod(fmt::format("{:.6g}", value));
}

Json level(double gain) {
  return gain > kSilent ? number(gain_to_db(gain)) : Json(nullptr);
}

Json channel_json(const ChannelLevels& levels) {
  return {{"min", number(static_cast<double>(levels.min))},
          {"max", number(static_cast<double>(levels.max))},
          {"mean", number(levels.mean())},
          {"peak_dbfs", level(static_cast<double>(levels.peak()))},
          {"rms_dbfs", level(levels.rms())}};
}

Json finding_json(const Finding& finding) {
  const FindingRow& row = finding_row(finding.kind);
  Json places = Json::array();
  for (const Span& place : finding.places) {
    places.push_back({{"from_s", number(place.from_s)}, {"to_s", number(place.to_s)}});
  }
  return {{"kind", row.id},
          {"severity", finding.severity == Severity::fault ? "fault" : "note"},
          {"channel", finding.channel == 0 ? Json(nullptr) : Json(finding.channel)},
          {"count", finding.count == 0 ? Json(nullptr) : Json(finding.count)},
          {"places", std::move(places)},
          {"what", finding.what},
          {"why", row.why},
          {"repair", finding.repair.empty() ? Json(nullptr) : Json(finding.repair)}};
}

Json format_json(const Inspection& inspection) {
  const io::FileInfo& info = inspection.subject.info;
  if (info.rate_hz == 0) return nullptr;  // it could not be opened
  return {
      {"container", info.format.container},
      {"sample_format", info.format.sample_format.empty() ? Json(nullptr) : Json(info.format.sample_format)},
      {"rate_hz", info.rate_hz},
      {"channels", info.channels},
      {"frames", info.frames > 0 ? Json(info.frames) : Json(nullptr)}};
}

Json found_json(const Inspection& inspection) {
  const io::FileInfo& info = inspection.subject.info;
  if (info.rate_hz == 0) return nullptr;
  Json channels = Json::array();
  for (const ChannelLevels& levels : inspection.channels) channels.push_back(channel_json(levels));
  return {{"frames", inspection.frames},
          {"duration_s", number(static_cast<double>(inspection.frames) / info.rate_hz)},
          {"used_bits", inspection.used_bits ? Json(*inspection.used_bits) : Json(nullptr)},
          {"nyquist_hz", number(info.rate_hz / 2.0)},
          {"bandwidth_hz", inspection.bandwidth_hz ? number(*inspection.bandwidth_hz) : Json(nullptr)},
          {"size_formula", inspection.size_formula.empty() ? Json(nullptr) : Json(inspection.size_formula)},
          {"channels", std::move(channels)}};
}

Json errors_json(std::span<const Uninspected> uninspected) {
  Json errors = Json::array();
  for (const Uninspected& one : uninspected) errors.push_back({{"name", one.name}, {"error", one.reason}});
  return errors;
}

std::string dump(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string inspections_json(std::span<const Inspection> inspections,
                             std::span<const Uninspected> uninspected) {
  Json files = Json::array();
  for (const Inspection& inspection : inspections) {
    Json findings = Json::array();
    for (const Finding& finding : inspection.findings) findings.push_back(finding_json(finding));
    files.push_back({{"name", inspection.subject.info.path},
                     {"declared", format_json(inspection)},
                     {"found", found_json(inspection)},
                     {"fault", inspection.has_fault()},
                     {"findings", std::move(findings)}});
  }
  return dump({{"format", "aapp-inspection"},
               {"version", 1},
               {"files", std::move(files)},
               {"errors", errors_json(uninspected)}});
}

std::string guesses_json(std::span<const RawGuess> guesses, std::span<const Uninspected> uninspected) {
  Json files = Json::array();
  for (const RawGuess& guess : guesses) {
    Json readings = Json::array(), rates = Json::array();
    for (const GuessedReading& one : guess.readings) {
      readings.push_back({{"encoding", io::raw_encoding_name(one.reading.format)},
                          {"channels", one.reading.channels},
                          {"skip_bytes", one.reading.skip_bytes},
                          {"bits_per_byte", number(one.bits_per_byte)}});
    }
    for (const LikelyRate& one : guess.rates) {
      rates.push_back({{"rate_hz", one.rate_hz}, {"distance", number(one.distance)}, {"kind", one.kind}});
    }
    files.push_back({{"name", guess.path},
                     {"bytes", guess.file_bytes},
                     {"container", guess.container.empty() ? Json(nullptr) : Json(guess.container)},
                     {"clear", guess.clear()},
                     {"readings", std::move(readings)},
                     {"rates", std::move(rates)}});
  }
  return dump({{"format", "aapp-raw-guess"},
               {"version", 1},
               {"files", std::move(files)},
               {"errors", errors_json(uninspected)}});
}

}  // namespace aapp::inspect

#include "play/batch/batch_report.h"

#include <nlohmann/json.hpp>

#include "common/base/units.h"
#include "common/preset/json_writer.h"

namespace aapp::play {
namespace {

using Json = nlohmann::ordered_json;

double seconds(const FileReport& report) {
  return static_cast<double>(report.frames) / report.rate_hz;
}

std::optional<double> peak_db(const FileReport& report) {
  if (!(report.peak > 0.0F)) return std::nullopt;
  return gain_to_db(static_cast<double>(report.peak));
}

std::string normalization_note(const Normalization& done) {
  if (!done.measured_lufs) return "  not normalised: it is silent or shorter than 0.4 s\n";
  return fmt::format("  normalised from {:.1f} to {:.1f} LUFS ({:+.1f} dB)\n", *done.measured_lufs,
                     *done.measured_lufs + done.gain_db, done.gain_db);
}

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json file_json(const FileReport& report) {
  Json json{{"input", report.input.path},
            {"output", report.output},
            {"status", "done"},
            {"container", report.format.container},
            {"sample_format", report.format.sample_format},
            {"rate_hz", report.rate_hz},
            {"input_rate_hz", report.input.rate_hz},
            {"channels", report.channels},
            {"input_channels", report.input.channels},
            {"frames", report.frames},
            {"peak_db", optional_number(peak_db(report))},
            {"clipped_samples", report.clipped_samples},
            {"spared_samples", report.spared_samples},
            {"non_finite_input_samples", report.non_finite_input},
            {"non_finite_output_samples", report.non_finite_output}};
  if (report.normalization) {
    json["normalization"] = {{"measured_lufs", optional_number(report.normalization->measured_lufs)},
                             {"gain_db", report.normalization->gain_db}};
  }
  return json;
}

Json failure_json(const Job& job, const Error& error) {
  return {{"input", job.input},
          {"output", job.output},
          {"status", error.code == ErrorCode::interrupted ? "interrupted" : "failed"},
          {"error", error.message}};
}

double total_seconds(const BatchResult& result) {
  double total = 0.0;
  for (const auto& file : result.files) total += file ? seconds(*file) : 0.0;
  return total;
}

}  // namespace

std::string describe_file(const FileReport& report) {
  const auto peak = peak_db(report);
  std::string text =
      fmt::format("{} -> {}: {:.1f} s, {} channel{}, {} Hz, {}{}{}, {}\n", report.input.path, report.output,
                  seconds(report), report.channels, report.channels == 1 ? "" : "s", report.rate_hz,
                  report.format.container, report.format.sample_format.empty() ? "" : " ",
                  report.format.sample_format, peak ? fmt::format("peak {:.1f} dBFS", *peak) : "silent");
  if (report.rate_hz != report.input.rate_hz) {
    text += fmt::format("  resampled from {} to {} Hz\n", report.input.rate_hz, report.rate_hz);
  }
  if (report.channels != report.input.channels) {
    text += fmt::format("  {} channels became {}\n", report.input.channels, report.channels);
  }
  if (report.normalization) text += normalization_note(*report.normalization);
  if (report.spared_samples > 0) {
    text += fmt::format(
        "  {} samples would have clipped in {}, so float was written; --sample-format {} insists\n",
        report.spared_samples, report.input.format.sample_format, report.input.format.sample_format);
  }
  if (report.clipped_samples > 0) {
    text += fmt::format("  {} samples clipped at full scale; lower the level or write float\n",
                        report.clipped_samples);
  }
  if (report.non_finite_input > 0) {
    text += fmt::format("  {} NaN or infinite samples in the input were played as silence\n",
                        report.non_finite_input);
  }
  if (report.non_finite_output > 0) {
    text += fmt::format("  {} NaN or infinite samples of the result were written as silence\n",
                        report.non_finite_output);
  }
  return text;
}

std::string describe_totals(const BatchPlan& plan, const BatchResult& result) {
  std::string text = fmt::format("{} files done", result.files.size() - result.failed);
  if (result.failed > 0) text += fmt::format(", {} failed", result.failed);
  if (plan.skipped > 0) text += fmt::format(", {} left out (no audio extension)", plan.skipped);
  return text + fmt::format("; {:.1f} s of audio\n", total_seconds(result));
}

std::string batch_json(const std::string& verb, const std::string& preset, const BatchPlan& plan,
                       const BatchResult& result) {
  Json files = Json::array();
  for (std::size_t i = 0; i < result.files.size(); ++i) {
    const Result<FileReport>& file = result.files[i];
    files.push_back(file ? file_json(*file) : failure_json(plan.jobs[i], file.error()));
  }
  Json document{{"format", "aapp-batch"}, {"version", 1}, {"command", verb}};
  if (!preset.empty()) document["preset"] = preset;
  document["files"] = std::move(files);
  document["totals"] = {{"done", result.files.size() - result.failed},
                        {"failed", result.failed},
                        {"left_out", plan.skipped},
                        {"audio_s", total_seconds(result)}};
  return preset::write_json(document);
}

}  // namespace aapp::play

#include "analyze/inspect/inspect.h"

#include <algorithm>
#include <array>
#include <utility>

#include "analyze/inspect/bandwidth_check.h"
#include "analyze/inspect/channel_check.h"
#include "analyze/inspect/clip_check.h"
#include "analyze/inspect/count_check.h"
#include "analyze/inspect/dropout_check.h"
#include "analyze/inspect/header_check.h"
#include "analyze/inspect/non_finite_check.h"
#include "analyze/inspect/rate_likelihood.h"
#include "analyze/inspect/reading_check.h"
#include "common/io/open_audio.h"

namespace aapp::inspect {
namespace {

// Shows samples as they come out of the decoder, before they are made finite.
class UntouchedView final : public audio::BlockSource {
 public:
  UntouchedView(audio::BlockSource& source, std::array<Check*, 2> checks)
      : source_(source), checks_(checks) {}

  int rate_hz() const override { return source_.rate_hz(); }
  int channels() const override { return source_.channels(); }
  std::optional<std::int64_t> total_frames() const override { return source_.total_frames(); }
  Result<std::size_t> read(audio::AudioView out) override {
    Result<std::size_t> got = source_.read(out);
    if (!got) return got;
    for (Check* check : checks_) check->visit(out.slice(0, *got));
    return got;
  }

 private:
  audio::BlockSource& source_;
  std::array<Check*, 2> checks_;
};

// A file whose bytes make no sense in the declared format has no levels, edges or clipping worth reporting.
bool makes_sense(const Findings& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.kind == FindingKind::wrong_encoding || finding.kind == FindingKind::lost_alignment;
  });
}

bool counted_right(const Findings& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.kind == FindingKind::mono_as_stereo || finding.kind == FindingKind::stereo_as_mono;
  });
}

Result<void> listen(audio::BlockSource& source, const InspectProgress& progress, Inspection& inspection) {
  const int channels = source.channels();
  const double rate_hz = source.rate_hz();
  const Subject& subject = inspection.subject;
  NonFiniteCheck non_finite(channels, rate_hz);
  ReadingCheck reading(subject);
  CountCheck count(channels);
  LevelCheck levels(channels, rate_hz);
  ClipCheck clipping(channels, rate_hz, subject.step());
  DropoutCheck dropouts(channels, rate_hz);
  ChannelCheck relations(channels, rate_hz);
  BandwidthCheck bandwidth(channels, rate_hz);
  RateCheck rate(rate_hz);

  UntouchedView untouched(source, {&non_finite, &reading});
  const std::array<audio::BlockVisitor*, 7> visitors{&count,     &levels,    &clipping, &dropouts,
                                                     &relations, &bandwidth, &rate};
  const auto stats = audio::pump(untouched, visitors, [&](std::int64_t frames) {
    return !progress || progress(static_cast<double>(frames) / rate_hz);
  });
  bandwidth.finish();
  Findings& findings = inspection.findings;
  if (!stats) {
    if (stats.error().code == ErrorCode::interrupted) return tl::unexpected(stats.error());
    findings.push_back({.kind = FindingKind::unreadable, .what = stats.error().message});
  }
  if (stats) inspection.frames = stats->frames;
  inspection.channels = levels.channels();
  if (subject.encoding && audio::is_integer(*subject.encoding)) inspection.used_bits = levels.used_bits();
  if (bandwidth.edge()) inspection.bandwidth_hz = bandwidth.edge()->frequency_hz;
  reading.report(subject, findings);
  if (!makes_sense(findings)) return {};
  non_finite.report(subject, findings);
  count.report(subject, findings);
  if (!counted_right(findings)) return {};
  for (const Check* check :
       std::array<const Check*, 6>{&levels, &clipping, &relations, &dropouts, &bandwidth, &rate}) {
    check->report(subject, findings);
  }
  return {};
}

}  // namespace

bool Inspection::has_fault() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::fault; });
}

Result<Inspection> inspect_file(const std::string& path, const std::optional<io::RawSpec>& raw,
                                const InspectProgress& progress) {
  Inspection inspection;
  inspection.subject.info.path = path;
  if (path != "-") {
    auto facts = io::read_container(path);
    if (!facts) return tl::unexpected(facts.error());
    inspection.container = *std::move(facts);
  }
  const bool headerless = io::is_raw_path(path, raw);
  auto opened = io::open_audio(path, raw);
  if (opened) {
    inspection.subject = make_subject(opened->info, raw);
    inspection.subject.info.path = path;
    if (inspection.container) inspection.subject.audio_at = headerless ? 0 : inspection.container->audio_at;
  } else if (opened.error().code != ErrorCode::unreadable) {
    return tl::unexpected(opened.error());
  }
  if (inspection.container && !headerless) {
    check_header(*inspection.container, inspection.subject, inspection.findings);
  }
  if (headerless && inspection.container) {
    check_raw_size(inspection.container->file_bytes, path, *raw, inspection.findings);
  }
  if (!opened) {
    // The header's own findings say it better where there are such.
    if (inspection.findings.empty())
      inspection.findings.push_back({.kind = FindingKind::unreadable, .what = opened.error().message});
    return inspection;
  }
  if (auto heard = listen(*opened->source, progress, inspection); !heard)
    return tl::unexpected(heard.error());
  if (inspection.container) {
    inspection.size_formula = size_formula(*inspection.container, inspection.subject, inspection.frames);
  }
  return inspection;
}

}  // namespace aapp::inspect

#include "analyze/inspect/rate_likelihood.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analyze/measure/likeness.h"
#include "analyze/measure/track_profile.h"

namespace aapp::inspect {
namespace {

constexpr double kHeardSeconds = 20.0;
constexpr double kFewestSeconds = 2.0;
constexpr double kStrange = 4.0;  // a distance that no recording of the corpus reaches at its own rate
constexpr double kUsual = 2.6;
constexpr double kApart = 1.4;  // rates closer than this sound alike to the measure
constexpr std::array kRatesHz{8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000};

}  // namespace

std::vector<LikelyRate> rank_rates(audio::ConstAudioView sound, int declared_hz) {
  std::vector<int> rates(kRatesHz.begin(), kRatesHz.end());
  if (declared_hz > 0 && std::find(rates.begin(), rates.end(), declared_hz) == rates.end()) {
    rates.push_back(declared_hz);
  }
  std::vector<LikelyRate> ranked;
  for (const int rate_hz : rates) {
    measure::TrackProfiler profiler(rate_hz, sound.channels());
    profiler.visit(sound);
    const auto likeness = measure::likeness(profiler.finish());
    if (likeness.empty()) continue;
    ranked.push_back({rate_hz, likeness.front().distance, std::string(likeness.front().profile)});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const LikelyRate& a, const LikelyRate& b) { return a.distance < b.distance; });
  return ranked;
}

RateCheck::RateCheck(double rate_hz) : most_frames_(static_cast<std::size_t>(kHeardSeconds * rate_hz)) {}

void RateCheck::visit(audio::ConstAudioView block) {
  const std::size_t frames = std::min(block.frames(), most_frames_ - mono_.size());
  for (std::size_t i = 0; i < frames; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < block.channels(); ++c) sum += block.channel(c)[i];
    mono_.push_back(sum / static_cast<float>(block.channels()));
  }
}

void RateCheck::report(const Subject& subject, Findings& findings) const {
  const int declared_hz = subject.info.rate_hz;
  if (static_cast<double>(mono_.size()) < kFewestSeconds * declared_hz) return;
  const float* const channel = mono_.data();
  const audio::ConstAudioView sound(&channel, 1, mono_.size());
  measure::TrackProfiler profiler(declared_hz, 1);
  profiler.visit(sound);
  const auto declared = measure::likeness(profiler.finish());
  if (declared.empty() || declared.front().distance < kStrange) return;
  for (const LikelyRate& rate : rank_rates(sound, declared_hz)) {
    if (rate.distance > kUsual) return;
    const double ratio = static_cast<double>(rate.rate_hz) / declared_hz;
    if (ratio < kApart && ratio > 1.0 / kApart) continue;
    findings.push_back(
        {.kind = FindingKind::wrong_rate,
         .severity = Severity::note,
         .what = fmt::format(
             "at {} Hz it is unlike any kind of recording (distance {:.1f}, usual is 2); at {} Hz "
             "it would be usual for the kind '{}' ({:.1f})",
             declared_hz, declared.front().distance, rate.rate_hz, rate.kind, rate.distance),
         .repair = reread_command(subject, {subject.stored_format(), rate.rate_hz, subject.info.channels})});
    return;
  }
}

}  // namespace aapp::inspect

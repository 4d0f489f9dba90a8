#include "analyze/inspect/bandwidth_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

constexpr std::size_t kSegmentFrames = 4096;
constexpr double kTopShare = 0.985;  // of the spectrum: above it converters roll off anyway
constexpr double kFloorDb = 10.0;    // sound stands this far above what fills the top
constexpr double kEdgeWidth = 0.06;  // relative: from the sound below to the floor above
constexpr double kLeastDropDb = 25.0;
constexpr double kFlatDb = 9.0;          // how much the floor above the edge may rise or fall
constexpr double kHighestEdge = 0.97;    // of Nyquist: every converter's own filter lies above
constexpr double kLowestEdge = 0.02;     // of Nyquist: below it is a tone, not a band
constexpr double kUpsampledShare = 0.6;  // below this share of Nyquist a lower rate would have done
constexpr std::size_t kFewestFloorBins = 24;

constexpr std::array kRatesHz{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000};

double mean_db(const std::vector<double>& density, double from, double to) {
  const auto first = static_cast<std::size_t>(std::max(1.0, from));
  const std::size_t end = std::min(density.size(), std::max(first + 1, static_cast<std::size_t>(to)));
  double sum = 0.0;
  for (std::size_t k = first; k < end; ++k) sum += density[k];
  return power_to_db(std::max(1e-30, sum / static_cast<double>(end - first)));
}

// Rounding noise is as strong everywhere; the end of a fading spectrum is not.
bool is_flat(const std::vector<double>& density, double from, double to, double level_db) {
  constexpr int kParts = 6;
  const double part = (to - from) / kParts;
  for (int i = 0; i < kParts; ++i) {
    const double db = mean_db(density, from + i * part, from + (i + 1) * part);
    if (std::abs(db - level_db) > kFlatDb) return false;
  }
  return true;
}

// The rate that would have held everything below the edge.
int sufficient_rate_hz(double edge_hz, int rate_hz) {
  for (const int rate : kRatesHz) {
    if (rate < rate_hz && 1.02 * static_cast<double>(rate) / 2.0 >= edge_hz) return rate;
  }
  return rate_hz;
}

}  // namespace

std::optional<BandEdge> find_band_edge(const std::vector<double>& density, double bin_hz) {
  const auto bins = static_cast<double>(density.size());
  // The floor is what fills the top; the edge is where the spectrum last stands out of it.
  const double top_db = mean_db(density, 0.97 * kTopShare * bins, kTopShare * bins);
  auto last = static_cast<std::size_t>(kTopShare * bins);
  constexpr double kSmooth = 4.0;
  while (last > 8 && mean_db(density, static_cast<double>(last) - kSmooth, static_cast<double>(last)) <
                         top_db + kFloorDb) {
    --last;
  }
  const auto edge = static_cast<double>(last);
  if (edge < kLowestEdge * bins || edge > kHighestEdge * bins) return std::nullopt;
  if (kTopShare * bins - edge < static_cast<double>(kFewestFloorBins)) return std::nullopt;
  const double below_db = mean_db(density, (1.0 - 2.0 * kEdgeWidth) * edge, (1.0 - kEdgeWidth) * edge);
  const double above = std::min((1.0 + kEdgeWidth) * edge, 0.5 * (edge + kTopShare * bins));
  const double floor_db = mean_db(density, above, kTopShare * bins);
  const BandEdge found{.frequency_hz = edge * bin_hz, .drop_db = below_db - floor_db};
  if (found.drop_db < kLeastDropDb || !is_flat(density, above, kTopShare * bins, floor_db))
    return std::nullopt;
  return found;
}

BandwidthCheck::BandwidthCheck(int channels, double rate_hz)
    : rate_hz_(rate_hz), welch_(channels, kSegmentFrames, rate_hz) {}

void BandwidthCheck::finish() {
  const measure::WelchResult spectrum = welch_.finish();
  if (spectrum.segment_frames < kSegmentFrames) return;
  std::vector<double> density(spectrum.channels.front().size(), 0.0);
  for (const std::vector<double>& channel : spectrum.channels) {
    for (std::size_t k = 0; k < density.size(); ++k) density[k] += channel[k];
  }
  if (*std::max_element(density.begin(), density.end()) <= 0.0) return;
  edge_ = find_band_edge(density, spectrum.bin_hz);
}

void BandwidthCheck::report(const Subject& subject, Findings& findings) const {
  if (!edge_) return;
  const double nyquist_hz = rate_hz_ / 2.0;
  const int rate_hz = sufficient_rate_hz(edge_->frequency_hz, subject.info.rate_hz);
  const bool upsampled = edge_->frequency_hz < kUpsampledShare * nyquist_hz && rate_hz < subject.info.rate_hz;
  findings.push_back(
      {.kind = FindingKind::band_limited,
       .severity = upsampled ? Severity::fault : Severity::note,
       .what =
           fmt::format("sound ends at {:.0f} Hz with a drop of {:.0f} dB; the Nyquist frequency is {:.0f} Hz",
                       edge_->frequency_hz, edge_->drop_db, nyquist_hz),
       .repair = upsampled ? convert_command(subject, fmt::format("--rate {}", rate_hz)) : ""});
}

}  // namespace aapp::inspect

#include "analyze/fit/paired_remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "analyze/fit/clipped_samples.h"
#include "analyze/fit/topology.h"

namespace aapp::fit {
namespace {

// Of the pairs of correlated parameters, how many are told in words.
constexpr std::size_t kMostCorrelations = 5;
// An error above this is heard as a difference on its own.
constexpr double kPartlyEsrDb = -20.0;

}  // namespace

std::string_view chain_kind_name(ChainKind kind) {
  constexpr std::array<std::string_view, 6> kNames{"nothing",
                                                   "gain",
                                                   "equaliser",
                                                   "compressor",
                                                   "equaliser, then compressor",
                                                   "compressor, then equaliser"};
  return kNames[static_cast<std::size_t>(kind)];
}

void remark_alignment(const Alignment& alignment, int rate_hz, std::vector<std::string>& remarks) {
  const double delay = static_cast<double>(alignment.delay_frames) + alignment.fraction_frames;
  if (delay != 0.0) {
    remarks.push_back(fmt::format(
        "The wet recording runs {:.2f} frames ({:.3f} ms) {} the dry one; the preset does not delay.",
        std::abs(delay), 1000.0 * std::abs(delay) / rate_hz, delay > 0.0 ? "behind" : "ahead of"));
  }
  if (alignment.polarity == Polarity::flipped)
    remarks.emplace_back("The wet recording's polarity is flipped; the preset does not flip it.");
}

void remark_phase(std::vector<std::string>& remarks) {
  remarks.emplace_back(
      "The filter turns the phase as no equaliser of ours does (a linear-phase one does): the preset has its "
      "magnitude, but waveforms differ.");
}

void remark_clipping(const audio::AudioBuffer& wet, std::vector<std::string>& remarks) {
  const std::size_t clipped = count_clipped(wet);
  if (clipped == 0) return;
  const auto samples = static_cast<double>(wet.channels()) * static_cast<double>(wet.frames());
  remarks.push_back(fmt::format(
      "The wet recording is clipped ({} samples, {:.3g} % of what was fitted to): the preset goes "
      "beyond full scale there, and these samples were left out.",
      clipped, 100.0 * static_cast<double>(clipped) / samples));
}

void remark_chain(const ChainModel& model, int channels, double esr_db, std::vector<std::string>& remarks) {
  const bool explained = esr_db < kPartlyEsrDb;
  remarks.push_back(fmt::format("What the pair shows: {}.", chain_kind_name(model.kind)));
  if (has_compressor(model.kind)) {
    remarks.push_back(fmt::format("The compressor: {}.", topology_text(model.compressor, channels)));
  } else if (explained) {
    remarks.emplace_back(
        "No compressor shows: there was none, or the recording never went over its threshold; nothing can be "
        "said of its settings.");
  }
  if (!explained)
    remarks.push_back(fmt::format(
        "That explains the difference only in part (what is left is at {:.0f} dB): something else was done, "
        "which no gain, equaliser or compressor of aapp does. Listen before you rely on the preset.",
        esr_db));
}

void remark_certainty(const std::vector<ParameterEstimate>& parameters,
                      const std::vector<StrongCorrelation>& correlations, std::vector<std::string>& remarks) {
  for (const ParameterEstimate& p : parameters) {
    if (!p.identified) remarks.push_back(fmt::format("{} is not identified: {}.", p.name, p.reason));
  }
  std::vector<StrongCorrelation> strongest = correlations;
  std::ranges::stable_sort(strongest, [](const StrongCorrelation& a, const StrongCorrelation& b) {
    return std::abs(a.value) > std::abs(b.value);
  });
  for (const StrongCorrelation& c :
       std::span(strongest).first(std::min(strongest.size(), kMostCorrelations))) {
    remarks.push_back(fmt::format(
        "{} and {} can stand in for each other (correlation {:.2f}): only a combination of them is certain.",
        c.a, c.b, c.value));
  }
  if (strongest.size() > kMostCorrelations)
    remarks.push_back(fmt::format("{} more pairs of parameters can stand in for each other, less strongly.",
                                  strongest.size() - kMostCorrelations));
}

}  // namespace aapp::fit

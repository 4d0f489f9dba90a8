#include "analyze/fit/fit_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace aapp::fit {

namespace {

void shift_spectrum(const measure::Spectrum& whole, const measure::Spectrum& excerpt,
                    measure::Spectrum& spectrum) {
  auto& bands = spectrum.third_octaves;
  const std::size_t count =
      std::min({bands.size(), whole.third_octaves.size(), excerpt.third_octaves.size()});
  for (std::size_t i = 0; i < count; ++i) {
    const double from = whole.third_octaves[i].power, to = excerpt.third_octaves[i].power;
    if (from > 0.0 && to > 0.0) bands[i].power *= to / from;
  }
}

// How much louder the excerpt's levels are than those of the whole, of equal rank: piecewise linear in the
// share of levels under them.
class LevelShift {
 public:
  LevelShift(const std::vector<measure::WeightedLevel>& whole,
             const std::vector<measure::WeightedLevel>& excerpt) {
    for (std::size_t k = 0; k < kPoints; ++k) {
      const double share = (static_cast<double>(k) + 0.5) / double{kPoints};
      shift_db_[k] = measure::level_quantile_db(excerpt, share) - measure::level_quantile_db(whole, share);
    }
  }

  double at(double share) const {
    const double place = std::clamp(share * double{kPoints} - 0.5, 0.0, double{kPoints - 1});
    const auto left = std::min(static_cast<std::size_t>(place), kPoints - 2);
    return std::lerp(shift_db_[left], shift_db_[left + 1], place - static_cast<double>(left));
  }

  // Of levels in rising order, those within the range that tell of the sound.
  void apply(std::vector<measure::WeightedLevel>& levels) const {
    if (levels.empty()) return;
    const double quietest_db = levels.back().level_db - measure::kLevelRangeDb;
    const auto first = std::ranges::find_if(
        levels, [&](const measure::WeightedLevel& level) { return level.level_db > quietest_db; });
    double total = 0.0, held = 0.0;
    for (auto level = first; level != levels.end(); ++level) total += level->weight;
    for (auto level = first; level != levels.end(); ++level) {
      level->level_db += at((held + 0.5 * level->weight) / total);
      held += level->weight;
    }
  }

 private:
  static constexpr std::size_t kPoints = 64;
  std::array<double, kPoints> shift_db_{};
};

void shift_histogram(const LevelShift& shift, measure::LevelHistogram& histogram) {
  std::vector<measure::WeightedLevel> levels = histogram.levels();
  shift.apply(levels);
  std::ranges::fill(histogram.weights, 0.0);
  for (const measure::WeightedLevel& level : levels) histogram.add(level.level_db, level.weight);
}

void shift_sequence(const LevelShift& shift, std::vector<float>& sequence_db) {
  std::vector<std::size_t> order(sequence_db.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return sequence_db[i]; });
  std::vector<measure::WeightedLevel> levels;
  levels.reserve(order.size());
  for (const std::size_t i : order) levels.push_back({static_cast<double>(sequence_db[i]), 1.0});
  shift.apply(levels);
  for (std::size_t k = 0; k < order.size(); ++k)
    sequence_db[order[k]] = static_cast<float>(levels[k].level_db);
}

void shift_levels(const measure::EnvelopeStats& whole, const measure::EnvelopeStats& excerpt,
                  measure::EnvelopeStats& envelope) {
  const auto relative = [](const measure::EnvelopeStats& stats, std::size_t scale) {
    const std::vector<measure::WeightedLevel> levels = stats.levels[scale].levels();
    return measure::relative_levels(std::span<const measure::WeightedLevel>(levels), stats.rms_db());
  };
  for (std::size_t scale = 0; scale < measure::kLevelScaleCount; ++scale) {
    const auto from = relative(whole, scale), to = relative(excerpt, scale);
    if (from.empty() || to.empty()) continue;
    const LevelShift shift(from, to);
    shift_histogram(shift, envelope.levels[scale]);
    if (scale == measure::kMainScale) shift_sequence(shift, envelope.levels_50ms_db);
  }
}

}  // namespace

measure::TrackProfile as_excerpt(const FitSource& source, measure::TrackProfile profile) {
  if (source.excerpt_is_whole()) return profile;
  const measure::TrackProfile& whole = source.profile;
  const measure::TrackProfile& excerpt = source.excerpt_profile;
  shift_spectrum(whole.ltas.mean, excerpt.ltas.mean, profile.ltas.mean);
  shift_levels(whole.envelope, excerpt.envelope, profile.envelope);
  return profile;
}

}  // namespace aapp::fit

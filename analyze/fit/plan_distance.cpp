#include "analyze/fit/plan_distance.h"

#include <algorithm>
#include <cmath>

#include "analyze/measure/distance.h"

namespace aapp::fit {
namespace {

// What a spectrum is off beyond being near counts so many times more.
constexpr double kClearlyOffWorth = 3.0;

// Near is this share of what the reference's spectrum is unsure by, within these bounds.
constexpr double kNearShare = 0.4;
constexpr double kLeastNearDb = 0.4, kMostNearDb = 0.5;

}  // namespace

double ltas_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).ltas_rms_db.value_or(0.0);
}

double level_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).level_distribution_db.value_or(0.0);
}

double spectrum_unsure_db(const measure::TrackProfile& reference) {
  return 0.5 * reference.ltas.halves_apart_db.value_or(0.0);
}

double near_spectrum_db(const measure::TrackProfile& reference) {
  return std::clamp(kNearShare * spectrum_unsure_db(reference), kLeastNearDb, kMostNearDb);
}

double distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  const measure::ProfileDistance distance = measure::profile_distance(reference, result);
  const double off_db = distance.ltas_rms_db.value_or(0.0);
  const double unsure_db = spectrum_unsure_db(reference);
  // Beyond what a plan may be off, only a steady spectrum goes on counting fully.
  const double clearly_off_db =
      std::max(0.0, std::min(off_db, kMayGiveUpDb) - near_spectrum_db(reference)) +
      std::max(0.0, off_db - kMayGiveUpDb) * kMayGiveUpDb / std::max(kMayGiveUpDb, unsure_db);
  return std::hypot(off_db, unsure_db) - unsure_db + kClearlyOffWorth * clearly_off_db +
         kLevelsWorth * distance.level_distribution_db.value_or(0.0);
}

}  // namespace aapp::fit

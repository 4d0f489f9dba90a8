#include "analyze/fit/plan_distance.h"

#include <algorithm>

#include "analyze/measure/distance.h"

namespace aapp::fit {
namespace {

// What a dB between the levels' distributions is worth beside a dB RMS between the spectra, where a plan wins
// one and loses the other.
constexpr double kLevelsWorth = 1.5;
// What a spectrum is off beyond this counts that much more.
constexpr double kClearlyOffDb = 0.5, kClearlyOffWorth = 1.0;

}  // namespace

double ltas_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).ltas_rms_db.value_or(0.0);
}

double level_distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  return measure::profile_distance(reference, result).level_distribution_db.value_or(0.0);
}

double distance_of(const measure::TrackProfile& reference, const measure::TrackProfile& result) {
  const measure::ProfileDistance distance = measure::profile_distance(reference, result);
  const double ltas_db = distance.ltas_rms_db.value_or(0.0);
  return ltas_db + kClearlyOffWorth * std::max(0.0, ltas_db - kClearlyOffDb) +
         kLevelsWorth * distance.level_distribution_db.value_or(0.0);
}

}  // namespace aapp::fit

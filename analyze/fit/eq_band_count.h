// How many bands a curve deserves. The search runs for 1, 2, 3 ... bands, each seeded by the one before; the
// smallest number is taken after which further bands no longer pay.
#pragma once

#include <string>
#include <vector>

#include "analyze/fit/eq_search.h"

namespace aapp::fit {

// A band has to lower the RMS error by this much, on average over those added, to be worth having...
inline constexpr double kWorthOfBandDb = 0.04;
// ...and by this share of it.
inline constexpr double kWorthOfBandShare = 0.1;

struct BandCount {
  int bands = 0;
  std::string reason;  // one sentence
};

// `rms_db[n]` and `max_db[n]` are what n bands reach, n from 0. With max_error_db > 0: the smallest n whose
// largest error is at most that; otherwise the smallest n from which no larger number is worth its bands.
BandCount choose_band_count(const std::vector<double>& rms_db, const std::vector<double>& max_db,
                            double max_error_db);

// Whether that choice is made, without a limit for the largest error, whatever more bands would reach: not
// even no error at all would be worth so many.
bool band_count_is_settled(const std::vector<double>& rms_db);

}  // namespace aapp::fit

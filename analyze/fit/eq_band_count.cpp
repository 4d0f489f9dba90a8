#include "analyze/fit/eq_band_count.h"

#include <fmt/format.h>

#include <algorithm>

namespace aapp::fit {

namespace {

BandCount within_error(const std::vector<double>& max_db, double limit_db) {
  const auto found =
      std::find_if(max_db.begin(), max_db.end(), [limit_db](double e) { return e <= limit_db; });
  if (found != max_db.end()) {
    const auto n = static_cast<int>(found - max_db.begin());
    return {
        n, fmt::format("{} is the smallest number of bands whose largest error, {:.2f} dB, is within {:g} dB",
                       n, *found, limit_db)};
  }
  const auto best = std::min_element(max_db.begin(), max_db.end());
  const auto n = static_cast<int>(best - max_db.begin());
  return {
      n, fmt::format(
             "no number of bands up to {} keeps the largest error within {:g} dB; {} come nearest, {:.2f} dB",
             max_db.size() - 1, limit_db, n, *best)};
}

// Whether going from n to some larger number pays.
bool more_pays(const std::vector<double>& rms_db, std::size_t n) {
  for (std::size_t m = n + 1; m < rms_db.size(); ++m) {
    const double gained = rms_db[n] - rms_db[m];
    const auto added = static_cast<double>(m - n);
    if (gained >= added * kWorthOfBandDb && gained >= added * kWorthOfBandShare * rms_db[n]) return true;
  }
  return false;
}

// The smallest number from which none of the larger ones pays.
std::size_t smallest_worth(const std::vector<double>& rms_db) {
  std::size_t n = 0;
  while (n + 1 < rms_db.size() && more_pays(rms_db, n)) ++n;
  return n;
}

}  // namespace

bool band_count_is_settled(const std::vector<double>& rms_db) {
  const std::size_t n = smallest_worth(rms_db);
  if (n + 1 >= rms_db.size()) return false;
  const auto added = static_cast<double>(rms_db.size() - n);
  return rms_db[n] < added * std::max(kWorthOfBandDb, kWorthOfBandShare * rms_db[n]);
}

BandCount choose_band_count(const std::vector<double>& rms_db, const std::vector<double>& max_db,
                            double max_error_db) {
  if (max_error_db > 0.0) return within_error(max_db, max_error_db);
  const std::size_t n = smallest_worth(rms_db);
  if (n + 1 == rms_db.size()) {
    return {static_cast<int>(n),
            fmt::format("{} bands leave {:.2f} dB RMS; that is the most allowed", n, rms_db[n])};
  }
  return {
      static_cast<int>(n),
      fmt::format("{} bands leave {:.2f} dB RMS; one more would leave {:.2f} dB, which is not worth a band",
                  n, rms_db[n], rms_db[n + 1])};
}

}  // namespace aapp::fit

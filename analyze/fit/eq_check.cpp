#include "analyze/fit/eq_check.h"

#include <cmath>

#include "analyze/fit/param_range.h"
#include "common/effects/eq.h"

namespace aapp::fit {

namespace {

constexpr auto kUsage = ErrorCode::usage;
constexpr auto kUnreadable = ErrorCode::unreadable;

Result<void> check_range(const char* name, const char* unit, Range range, Range limits) {
  if (range.low < range.high && limits.low <= range.low && range.high <= limits.high) return {};
  return fail(kUsage, "{} of {:g} to {:g} {} cannot be fitted; give a range inside {:g} to {:g}", name,
              range.low, range.high, unit, limits.low, limits.high);
}

Range band_range(std::string_view id) {
  return param_range(effects::kEqBandTable, id);
}

Result<void> check_shapes(const EqShapes& shapes) {
  using Use = EqShapes::Use;
  const bool shelves =
      shapes.max_shelves > 0 && (shapes.low_shelf != Use::never || shapes.high_shelf != Use::never);
  if (shapes.peaks != Use::never || shelves || shapes.low_pass != Use::never ||
      shapes.high_pass != Use::never)
    return {};
  return fail(kUsage, "no type of band is allowed; allow peaks or shelves");
}

// Every type but the peak is used once at most.
int most_bands(const EqShapes& shapes) {
  using Use = EqShapes::Use;
  if (shapes.peaks != Use::never) return static_cast<int>(effects::kMaxEqBands);
  const int shelves = int{shapes.low_shelf != Use::never} + int{shapes.high_shelf != Use::never};
  return std::min(shelves, shapes.max_shelves) + int{shapes.low_pass != Use::never} +
         int{shapes.high_pass != Use::never};
}

Result<void> check_options(const EqFitOptions& o) {
  if (auto ok = check_shapes(o.shapes); !ok) return ok;
  const int most = most_bands(o.shapes);
  if (o.bands != kAutoBands && (o.bands < 1 || o.bands > most)) {
    return fail(kUsage, "{} bands cannot be fitted; with these types 1 to {} can", o.bands, most);
  }
  if (o.bands == kAutoBands && (o.max_bands < 1 || o.max_bands > most)) {
    return fail(kUsage, "at most {} bands cannot be fitted; with these types 1 to {} can", o.max_bands, most);
  }
  if (!(o.rate_hz >= 1000.0 && o.rate_hz <= 1e6)) {
    return fail(kUsage, "a rate of {:g} Hz cannot be fitted; give 1000 to 1000000 Hz", o.rate_hz);
  }
  if (auto ok = check_range("band frequencies", "Hz", o.frequency_hz, band_range("frequency_hz")); !ok)
    return ok;
  if (auto ok = check_range("gains", "dB", o.gain_db, band_range("gain_db")); !ok) return ok;
  if (auto ok = check_range("a Q", "", o.q, band_range("q")); !ok) return ok;
  if (!(o.max_error_db >= 0.0) || !(o.restraint >= 0.0) || !(o.resolution_hz >= 0.0) || o.search_steps < 0 ||
      o.chains < 1) {
    return fail(
        kUsage,
        "the largest error, the restraint, the resolution and the effort of a fit must not be negative");
  }
  return {};
}

Result<void> check_points(const EqTarget& t) {
  double weight = t.weight.empty() ? 1.0 : 0.0;
  for (std::size_t i = 0; i < t.frequency_hz.size(); ++i) {
    if (!std::isfinite(t.frequency_hz[i]) || !std::isfinite(t.gain_db[i]) || !(t.frequency_hz[i] > 0.0)) {
      return fail(kUnreadable,
                  "point {} of the curve is {} Hz, {} dB; both must be numbers, the frequency above 0", i + 1,
                  t.frequency_hz[i], t.gain_db[i]);
    }
    if (i > 0 && !(t.frequency_hz[i] > t.frequency_hz[i - 1])) {
      return fail(kUnreadable, "point {} of the curve, {:g} Hz, does not lie above the one before, {:g} Hz",
                  i + 1, t.frequency_hz[i], t.frequency_hz[i - 1]);
    }
    if (t.weight.empty()) continue;
    if (!std::isfinite(t.weight[i]) || t.weight[i] < 0.0) {
      return fail(kUnreadable, "the weight of point {} of the curve is {}; must be at least 0", i + 1,
                  t.weight[i]);
    }
    weight += t.weight[i];
  }
  if (!(weight > 0.0))
    return fail(kUnreadable, "every point of the curve has weight 0; nothing is left to fit");
  return {};
}

}  // namespace

Result<void> check_eq_fit(const EqTarget& target, const EqFitOptions& options) {
  const std::size_t points = target.frequency_hz.size();
  if (target.gain_db.size() != points || (!target.weight.empty() && target.weight.size() != points)) {
    return fail(ErrorCode::failed, "a curve of {} frequencies has {} gains and {} weights", points,
                target.gain_db.size(), target.weight.size());
  }
  if (points < 3)
    return fail(kUnreadable, "a curve of {} points cannot be fitted; at least 3 are needed", points);
  if (auto ok = check_points(target); !ok) return ok;
  if (auto ok = check_options(options); !ok) return ok;
  if (target.frequency_hz.back() < options.rate_hz / 2.0) return {};
  return fail(kUsage, "the curve reaches {:g} Hz; at a rate of {:g} Hz it must stay below {:g} Hz",
              target.frequency_hz.back(), options.rate_hz, options.rate_hz / 2.0);
}

}  // namespace aapp::fit

#include "analyze/fit/finer_gain.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/gain_line.h"
#include "analyze/fit/gain_separation.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr double kHopMs = 2.0;
constexpr std::size_t kFewestHops = 16;
// A gain that moves within a hop or two is the bands' error where the sound is weak for that moment. It
// counts only as far as it stands out from this share of the energy of as many hops to either side.
constexpr double kSteadiness = 0.6;
constexpr std::ptrdiff_t kSurroundingHops = 5;
constexpr double kMostDb = 6.0;  // beside a gain that is about right

// What the recordings share in every hop, and what the dry one holds; all channels together.
struct Hops {
  std::vector<double> xy, xx;
};

Hops hops_of(const audio::AudioBuffer& x, const audio::AudioBuffer& y, std::size_t hop) {
  const std::size_t count = x.frames() / hop;
  Hops out{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
  for (int c = 0; c < x.channels(); ++c) {
    const auto dry = x.channel(c), wet = y.channel(c);
    for (std::size_t n = 0; n < count * hop; ++n) {
      out.xy[n / hop] += static_cast<double>(dry[n]) * wet[n];
      out.xx[n / hop] += static_cast<double>(dry[n]) * dry[n];
    }
  }
  return out;
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// The value `away` from this place; beyond the ends, the last one.
double beside(const std::vector<double>& values, std::size_t place, std::ptrdiff_t away) {
  const auto last = static_cast<std::ptrdiff_t>(values.size()) - 1;
  return values[static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(place) + away, 0, last))];
}

// Over three hops.
double smooth(const std::vector<double>& values, std::size_t place) {
  return 0.5 * beside(values, place, -1) + values[place] + 0.5 * beside(values, place, 1);
}

double around(const std::vector<double>& values, std::size_t place) {
  double sum = 0.0;
  for (std::ptrdiff_t away = -kSurroundingHops; away <= kSurroundingHops; ++away)
    sum += beside(values, place, away);
  return sum / (2.0 * kSurroundingHops + 1.0);
}

}  // namespace

std::vector<float> finer_gain_db(const PairExcerpt& pair, const std::vector<float>& gain_db,
                                 const effects::EqParams& eq) {
  const auto hop = static_cast<std::size_t>(std::max(1.0, kHopMs * pair.rate_hz / 1000.0));
  const Hops hops =
      hops_of(equalise(pair.dry, eq, pair.rate_hz, Direction::apply), without_gain(pair.wet, gain_db), hop);
  const double level = sum(hops.xy) / sum(hops.xx);
  if (hops.xx.size() < kFewestHops || !(level > 0.0) || !std::isfinite(level)) return gain_db;
  std::vector<double> more_db(hops.xx.size(), 0.0);
  for (std::size_t k = 0; k < more_db.size(); ++k) {
    const double steady = kSteadiness * around(hops.xx, k), energy = smooth(hops.xx, k) + steady;
    const double gain = energy > 0.0 ? (smooth(hops.xy, k) / level + steady) / energy : 1.0;
    more_db[k] = gain > 0.0 ? std::clamp(gain_to_db(gain), -kMostDb, kMostDb) : -kMostDb;
  }
  std::vector<float> finer = gain_line(more_db, static_cast<double>(hop), 0.5, gain_db.size());
  std::ranges::transform(finer, gain_db, finer.begin(), std::plus{});
  return finer;
}

}  // namespace aapp::fit

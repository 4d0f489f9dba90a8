#include "analyze/fit/eq_restraint.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/eq_target.h"

namespace aapp::fit {

namespace {

constexpr std::size_t kGridPoints = 48;
// Share of the cost per dB^2 of mean square undone boost, and per neper^2 of each band's ringing.
constexpr double kUndoneShare = 0.09;
constexpr double kRingingShare = 0.3;
// Share of the cost per neper^2 of each band's narrowness.
constexpr double kNarrowShare = 3.0;
// dB^2 of error per dB^2 of gain.
constexpr double kGainTrace = 1e-11;

// ln of the poles' quality beyond the free one; its derivative by the gain is kLnQualityPerDb, by ln q it
// is 1.
const double kLnQualityPerDb = 0.5 * std::log(db_to_gain(1.0));

// ln of how much narrower than the curve's resolution.
double narrowness(const effects::EqBand& band, double resolution_hz) {
  return resolution_hz > 0.0 ? std::max(0.0, std::log(band.q * resolution_hz / band.frequency_hz)) : 0.0;
}

double ringing(const effects::EqBand& band) {
  return std::max(0.0, std::log(band.q / kFreeRinging) + kLnQualityPerDb * band.gain_db);
}

// The responses of single bands on the grid, one column a band, and for add() their Jacobian.
struct Responses {
  Eigen::MatrixXd db;
  Eigen::MatrixXd jacobian;  // kParametersPerBand columns a band
};

Responses responses(const EqModel& model, const Bands& bands, bool with_jacobian) {
  const auto points = static_cast<Eigen::Index>(model.size());
  const auto n = static_cast<Eigen::Index>(bands.size());
  const auto per_band = static_cast<Eigen::Index>(kParametersPerBand);
  Responses r{.db = Eigen::MatrixXd(points, n),
              .jacobian = Eigen::MatrixXd(points, with_jacobian ? per_band * n : 0)};
  for (Eigen::Index b = 0; b < n; ++b) {
    const std::span<const effects::EqBand> band(&bands[static_cast<std::size_t>(b)], 1);
    const std::span<double> db(r.db.col(b).data(), model.size());
    if (with_jacobian) {
      model.response_and_jacobian(band, db,
                                  {r.jacobian.col(per_band * b).data(), kParametersPerBand * model.size()});
    } else {
      model.response_db(band, db);
    }
  }
  return r;
}

// What is added at a grid point and what is taken away; passes, which have no gain to undo, do not count.
struct Sums {
  double boost = 0.0;
  double cut = 0.0;
  double undone() const { return std::min(boost, cut); }
};

Sums sums_at(const Eigen::MatrixXd& db, const Bands& bands, Eigen::Index point) {
  Sums s;
  for (Eigen::Index b = 0; b < db.cols(); ++b) {
    if (!dsp::has_gain(bands[static_cast<std::size_t>(b)].type)) continue;
    const double x = db(point, b);
    (x > 0.0 ? s.boost : s.cut) += std::abs(x);
  }
  return s;
}

// The bands can undo no more than their gains: most sets on the way need no look at the grid.
bool can_undo(const Bands& bands) {
  double boost = 0.0, cut = 0.0;
  for (const effects::EqBand& band : bands) (band.gain_db > 0.0 ? boost : cut) += std::abs(band.gain_db);
  return std::min(boost, cut) > kFreeUndoneDb;
}

}  // namespace

EqRestraint::EqRestraint(const EqFitOptions& options)
    : strength_(options.restraint),
      resolution_hz_(options.resolution_hz),
      model_(log_grid(options.frequency_hz, kGridPoints), options.rate_hz) {}

EqRestraint::Share EqRestraint::share(const Bands& bands, Want want) const {
  const auto n = static_cast<Eigen::Index>(want == Want::derivatives ? kParametersPerBand * bands.size() : 0);
  Share share{.value = 0.0, .gradient = Eigen::VectorXd::Zero(n), .matrix = Eigen::MatrixXd::Zero(n, n)};
  const auto add = [&](std::size_t band, double weight, double excess, const Eigen::Vector3d& slope) {
    if (excess <= 0.0) return;
    share.value += weight * excess * excess;
    if (want == Want::value) return;
    const auto first = static_cast<Eigen::Index>(kParametersPerBand * band);
    share.gradient.segment<3>(first) += 2.0 * weight * excess * slope;
    share.matrix.block<3, 3>(first, first) += 2.0 * weight * slope * slope.transpose();
  };
  for (std::size_t b = 0; b < bands.size(); ++b) {
    add(b, strength_ * kRingingShare, ringing(bands[b]), {0.0, kLnQualityPerDb, 1.0});
    add(b, kNarrowShare, narrowness(bands[b], resolution_hz_), {-1.0, 0.0, 1.0});
  }
  if (strength_ > 0.0 && can_undo(bands)) add_undone(bands, want, share);
  return share;
}

void EqRestraint::add_undone(const Bands& bands, Want want, Share& share) const {
  const Responses r = responses(model_, bands, want == Want::derivatives);
  const double weight = strength_ * kUndoneShare / static_cast<double>(kGridPoints);
  Eigen::MatrixXd slopes(r.jacobian.cols(), r.db.rows());
  Eigen::Index used = 0;
  for (Eigen::Index i = 0; i < r.db.rows(); ++i) {
    const Sums s = sums_at(r.db, bands, i);
    const double excess = s.undone() - kFreeUndoneDb;
    if (excess <= 0.0) continue;
    share.value += weight * excess * excess;
    if (want == Want::value) continue;
    // The smaller sum is what is undone: only its bands can change it.
    auto slope = slopes.col(used++);
    const double sign = s.boost < s.cut ? 1.0 : -1.0;
    for (Eigen::Index b = 0; b < r.db.cols(); ++b) {
      const bool counts = sign * r.db(i, b) > 0.0 && dsp::has_gain(bands[static_cast<std::size_t>(b)].type);
      slope.segment<3>(3 * b) = (counts ? sign : 0.0) * r.jacobian.row(i).segment<3>(3 * b).transpose();
    }
    share.gradient += 2.0 * weight * excess * slope;
  }
  const auto known = slopes.leftCols(used);
  share.matrix.noalias() += 2.0 * weight * known * known.transpose();
}

double EqRestraint::apply(const Bands& bands, double data_cost) const {
  double gains = 0.0;
  for (const effects::EqBand& band : bands) gains += band.gain_db * band.gain_db;
  return data_cost * (1.0 + share(bands, Want::value).value) + 0.5 * strength_ * kGainTrace * gains;
}

void EqRestraint::apply(const Bands& bands, GaussNewton& equations) const {
  const Share s = share(bands, Want::derivatives);
  equations.matrix = (1.0 + s.value) * equations.matrix + equations.cost * s.matrix;
  equations.gradient = (1.0 + s.value) * equations.gradient + equations.cost * s.gradient;
  equations.cost *= 1.0 + s.value;
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const auto gain = static_cast<Eigen::Index>(kParametersPerBand * b + 1);
    equations.matrix(gain, gain) += strength_ * kGainTrace;
    equations.gradient(gain) += strength_ * kGainTrace * bands[b].gain_db;
    equations.cost += 0.5 * strength_ * kGainTrace * bands[b].gain_db * bands[b].gain_db;
  }
}

double EqRestraint::undone_db(const Bands& bands) const {
  const Responses r = responses(model_, bands, false);
  double most = 0.0;
  for (Eigen::Index i = 0; i < r.db.rows(); ++i) most = std::max(most, sums_at(r.db, bands, i).undone());
  return most;
}

}  // namespace aapp::fit

// What keeps a fit from bands that nobody wants:
//
// - undone boost: at every frequency of a fixed grid, the dB that some bands add and others take away again.
//   Up to kFreeUndoneDb of it is normal (a dip on a shelf); the excess is penalised, so no +16 dB beside a
//   -15 dB.
// - ringing: a boosted peak rings as long as its poles' quality q * 10^(gain/40). From kFreeRinging on the
//   excess, in nepers, is penalised.
// - narrowness: a band narrower than the curve's own resolution does within a point what the curve does not
//   show. The excess of q over frequency / resolution, in nepers, is penalised.
//
// All raise the cost of the data by a share of it: such bands must earn themselves by following the curve
// clearly better. Where a curve is followed exactly, because an equaliser made it, they cost nothing, so that
// planted bands are found as they are. Beside that a trace of every gain squared keeps a band that does
// nothing at 0 dB.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_model.h"

namespace aapp::fit {

using Bands = std::vector<effects::EqBand>;

// A least-squares problem near a point, as its first derivatives tell it.
struct GaussNewton {
  double cost = 0.0;         // half the sum of squares
  Eigen::MatrixXd matrix;    // J'J, both triangles
  Eigen::VectorXd gradient;  // J'r
};

inline constexpr double kFreeUndoneDb = 3.0;
inline constexpr double kFreeRinging = 10.0;

class EqRestraint {
 public:
  // Of the options: where bands may sit, the rate, and the strength.
  explicit EqRestraint(const EqFitOptions& options);

  // The cost of bands whose data alone cost `data_cost`.
  double apply(const Bands& bands, double data_cost) const;
  // The same of equations over kParametersPerBand coordinates a band.
  void apply(const Bands& bands, GaussNewton& equations) const;

  // The largest of the undone boosts, in dB: how much the bands work against each other.
  double undone_db(const Bands& bands) const;

 private:
  // The share by which the cost rises, and for GaussNewton its derivatives.
  struct Share {
    double value = 0.0;
    Eigen::VectorXd gradient{};
    Eigen::MatrixXd matrix{};  // Gauss-Newton
  };
  enum class Want { value, derivatives };
  Share share(const Bands& bands, Want want) const;
  void add_undone(const Bands& bands, Want want, Share& share) const;

  double strength_, resolution_hz_;
  EqModel model_;
};

}  // namespace aapp::fit

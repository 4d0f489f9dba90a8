// What keeps a fit from bands that nobody wants. Three terms, each zero or next to it for a sensible
// equaliser:
//
// - undone boost: at every frequency of a fixed grid, the dB that some bands add and others take away again.
// Up to
//   kFreeUndoneDb of it is normal (a dip on a shelf); the excess is penalised, so no +16 dB beside a -15 dB.
// - ringing: a boosted peak rings as long as its poles' quality q * 10^(gain/40). From kFreeRinging on the
// excess, in
//   nepers, is penalised.
// - a trace of every gain squared, so that a band that does nothing stays at 0 dB.
//
// Each is a sum of squares with exact derivatives, added to the data's in dB^2.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "analyze/fit/eq_model.h"

namespace aapp::fit {

using Bands = std::vector<effects::EqBand>;

// Cost, gradient and Gauss-Newton matrix of a least-squares problem.
struct NormalEquations {
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

  double cost(const Bands& bands) const;
  // Adds the restraint to equations over kParametersPerBand coordinates a band.
  void add(const Bands& bands, NormalEquations& out) const;

  // The largest of the undone boosts, in dB: how much the bands work against each other.
  double undone_db(const Bands& bands) const;

 private:
  double strength_;
  EqModel model_;
};

}  // namespace aapp::fit

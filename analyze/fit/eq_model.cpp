#include "analyze/fit/eq_model.h"

#include <ceres/jet.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "common/dsp/biquad_response.h"
#include "common/dsp/simd.h"

namespace aapp::fit {

namespace {

using BandJet = ceres::Jet<double, static_cast<int>(kParametersPerBand)>;

// A polynomial of second order in phi.
struct Quadratic {
  double c0, c1, c2;
  AAPP_KERNEL_INLINE double operator()(double phi) const { return c0 + phi * (c1 + phi * c2); }
};

// Numerator and denominator of one band's power response, and their derivatives by its three coordinates.
struct BandPolynomials {
  Quadratic num, den;
  std::array<Quadratic, kParametersPerBand> d_num, d_den;
};

Quadratic values(const BandJet& c0, const BandJet& c1, const BandJet& c2) {
  return {c0.a, c1.a, c2.a};
}

Quadratic derivatives(const BandJet& c0, const BandJet& c1, const BandJet& c2, int k) {
  return {c0.v[k], c1.v[k], c2.v[k]};
}

BandPolynomials differentiate(const effects::EqBand& band, double rate_hz) {
  const BandJet f_hz = exp(BandJet(std::log(band.frequency_hz), 0));
  const BandJet gain_db(band.gain_db, 1);
  const BandJet q = exp(BandJet(std::log(band.q), 2));
  const auto p = dsp::power_polynomials(dsp::design_biquad(band.type, f_hz, gain_db, q, rate_hz));
  BandPolynomials result{
      .num = values(p.n0, p.n1, p.n2), .den = values(p.d0, p.d1, p.d2), .d_num = {}, .d_den = {}};
  for (std::size_t k = 0; k < kParametersPerBand; ++k) {
    result.d_num[k] = derivatives(p.n0, p.n1, p.n2, static_cast<int>(k));
    result.d_den[k] = derivatives(p.d0, p.d1, p.d2, static_cast<int>(k));
  }
  return result;
}

// At least the floor, without the branch that keeps loops from being vectorised: what is far above it stays
// as it is, to the last bit.
AAPP_KERNEL_INLINE double not_under_floor(double power) {
  return std::abs(power) + dsp::kPowerFloor;
}

// power *= |H|^2.
AAPP_KERNEL_INLINE void multiply(const dsp::PowerPolynomials<double>& p, std::span<const double> phi,
                                 double* __restrict power) {
  for (std::size_t i = 0; i < phi.size(); ++i) power[i] *= not_under_floor(dsp::power_response(p, phi[i]));
}

// power *= |H|^2, and the band's columns of the Jacobian in dB.
AAPP_KERNEL_INLINE void multiply(const BandPolynomials& p, std::span<const double> phi,
                                 double* __restrict power, double* __restrict jacobian) {
  const double db_per_neper = power_to_db(std::exp(1.0));
  const std::size_t n = phi.size();
  double* __restrict by_f = jacobian;
  double* __restrict by_gain = jacobian + n;
  double* __restrict by_q = jacobian + 2 * n;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = phi[i];
    const double num = not_under_floor(p.num(x));
    const double den = p.den(x);
    const double inverse = 1.0 / (num * den);
    power[i] *= num * num * inverse;
    const double a = db_per_neper * den * inverse;
    const double b = db_per_neper * num * inverse;
    by_f[i] = a * p.d_num[0](x) - b * p.d_den[0](x);
    by_gain[i] = a * p.d_num[1](x) - b * p.d_den[1](x);
    by_q[i] = a * p.d_num[2](x) - b * p.d_den[2](x);
  }
}

// Nothing is contracted into fused multiply-adds here, so both instruction sets give the same bits.
template <class... Job>
AAPP_KERNEL_AVX2 void multiply_avx2(const Job&... job) {
  multiply(job...);
}
template <class... Job>
AAPP_KERNEL_BASELINE void multiply_baseline(const Job&... job) {
  multiply(job...);
}
template <class... Job>
void multiply_best(const Job&... job) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  avx2 ? multiply_avx2(job...) : multiply_baseline(job...);
}

void to_db(std::span<double> powers) {
  Eigen::Map<Eigen::ArrayXd> values(powers.data(), static_cast<Eigen::Index>(powers.size()));
  values = power_to_db<Eigen::ArrayXd>(values.max(dsp::kPowerFloor));
}

}  // namespace

EqModel::EqModel(std::span<const double> frequency_hz, double rate_hz) : rate_hz_(rate_hz) {
  phi_.reserve(frequency_hz.size());
  for (const double f_hz : frequency_hz) phi_.push_back(dsp::response_phi(f_hz, rate_hz));
}

EqModel::EqModel(std::span<const PowerCell> cells, double rate_hz) : rate_hz_(rate_hz) {
  for (const PowerCell& cell : cells) {
    phi_.push_back(dsp::response_phi(cell.frequency_hz, rate_hz));
    share_.push_back(cell.share);
    cell_end_.resize(cell.point + 1);
    cell_end_[cell.point] = phi_.size();
  }
}

void EqModel::powers(std::span<const effects::EqBand> bands, std::span<double> out) const {
  assert(out.size() == phi_.size());
  std::fill(out.begin(), out.end(), 1.0);
  for (const effects::EqBand& band : bands) {
    if (!band.enabled) continue;
    const auto p = dsp::power_polynomials(
        dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz_));
    multiply_best(p, std::span(phi_), out.data());
  }
}

void EqModel::powers_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                                  std::span<double> jacobian) const {
  assert(out.size() == phi_.size() && jacobian.size() == kParametersPerBand * bands.size() * phi_.size());
  std::fill(out.begin(), out.end(), 1.0);
  for (std::size_t b = 0; b < bands.size(); ++b) {
    double* columns = jacobian.data() + kParametersPerBand * b * phi_.size();
    if (bands[b].enabled) {
      multiply_best(differentiate(bands[b], rate_hz_), std::span(phi_), out.data(), columns);
    } else {
      std::fill_n(columns, kParametersPerBand * phi_.size(), 0.0);
    }
  }
}

double EqModel::share_powers(std::size_t point, std::span<double> power) const {
  double sum = 0.0;
  for (std::size_t j = first_cell(point); j < cell_end_[point]; ++j) sum += power[j] *= share_[j];
  return std::max(sum, dsp::kPowerFloor);
}

void EqModel::response_db(std::span<const effects::EqBand> bands, std::span<double> out) const {
  assert(out.size() == size());
  if (cell_end_.empty()) {
    powers(bands, out);
  } else {
    thread_local std::vector<double> power;  // reused: the search makes tens of thousands of calls
    power.resize(phi_.size());
    powers(bands, power);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = share_powers(k, power);
  }
  to_db(out);
}

void EqModel::response_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                                    std::span<double> jacobian) const {
  if (cell_end_.empty()) {
    powers_and_jacobian(bands, out, jacobian);
    to_db(out);
    return;
  }
  const std::size_t columns = kParametersPerBand * bands.size();
  assert(out.size() == size() && jacobian.size() == columns * size());
  thread_local std::vector<double> part, cell_jacobian;
  part.resize(phi_.size());
  cell_jacobian.resize(columns * phi_.size());
  powers_and_jacobian(bands, part, cell_jacobian);
  for (std::size_t k = 0; k < size(); ++k) {
    const double sum = share_powers(k, part);
    for (std::size_t j = first_cell(k); j < cell_end_[k]; ++j) part[j] /= sum;
    out[k] = sum;
  }
  to_db(out);
  // d (10 log10 sum) = sum of the cells' dB derivatives, each weighted by its part of the sum.
  for (std::size_t c = 0; c < columns; ++c) {
    const double* column = cell_jacobian.data() + c * phi_.size();
    for (std::size_t k = 0; k < size(); ++k) {
      double sum = 0.0;
      for (std::size_t j = first_cell(k); j < cell_end_[k]; ++j) sum += part[j] * column[j];
      jacobian[c * size() + k] = sum;
    }
  }
}

}  // namespace aapp::fit

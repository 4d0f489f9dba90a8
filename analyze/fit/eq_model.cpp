#include "analyze/fit/eq_model.h"

#include <ceres/jet.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "common/dsp/biquad_response.h"

namespace aapp::fit {

namespace {

using BandJet = ceres::Jet<double, static_cast<int>(kParametersPerBand)>;

// A polynomial of second order in phi.
struct Quadratic {
  double c0, c1, c2;
  double operator()(double phi) const { return c0 + phi * (c1 + phi * c2); }
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

// power *= |H|^2, and the band's columns of the Jacobian in dB.
void add_band(const BandPolynomials& p, std::span<const double> phi, double* __restrict power,
              double* __restrict jacobian) {
  const double db_per_neper = power_to_db(std::exp(1.0));
  const std::size_t n = phi.size();
  double* __restrict by_f = jacobian;
  double* __restrict by_gain = jacobian + n;
  double* __restrict by_q = jacobian + 2 * n;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = phi[i];
    const double num = std::max(p.num(x), dsp::kPowerFloor);
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

// One logarithm a frequency for all bands together, not one a band.
void powers_to_db(std::span<double> values_inout) {
  for (double& value : values_inout) value = power_to_db(std::max(value, dsp::kPowerFloor));
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

void EqModel::point_response_db(std::span<const effects::EqBand> bands, std::span<double> out) const {
  assert(out.size() == phi_.size());
  std::fill(out.begin(), out.end(), 1.0);
  for (const effects::EqBand& band : bands) {
    if (!band.enabled) continue;
    const auto p = dsp::power_polynomials(
        dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz_));
    for (std::size_t i = 0; i < phi_.size(); ++i)
      out[i] *= std::max(dsp::power_response(p, phi_[i]), dsp::kPowerFloor);
  }
  powers_to_db(out);
}

void EqModel::point_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                             std::span<double> jacobian) const {
  assert(out.size() == phi_.size() && jacobian.size() == kParametersPerBand * bands.size() * phi_.size());
  std::fill(out.begin(), out.end(), 1.0);
  for (std::size_t b = 0; b < bands.size(); ++b) {
    double* columns = jacobian.data() + kParametersPerBand * b * phi_.size();
    if (bands[b].enabled) {
      add_band(differentiate(bands[b], rate_hz_), phi_, out.data(), columns);
    } else {
      std::fill_n(columns, kParametersPerBand * phi_.size(), 0.0);
    }
  }
  powers_to_db(out);
}

void EqModel::sum_cells(std::span<const double> cell_db, std::span<double> out) const {
  for (std::size_t k = 0, j = 0; k < cell_end_.size(); ++k) {
    double sum = 0.0;
    for (; j < cell_end_[k]; ++j) sum += share_[j] * db_to_power(cell_db[j]);
    out[k] = power_to_db(sum);
  }
}

void EqModel::response_db(std::span<const effects::EqBand> bands, std::span<double> out) const {
  assert(out.size() == size());
  if (cell_end_.empty()) return point_response_db(bands, out);
  thread_local std::vector<double> cell_db;  // reused: the search makes tens of thousands of calls
  cell_db.resize(phi_.size());
  point_response_db(bands, cell_db);
  sum_cells(cell_db, out);
}

void EqModel::response_and_jacobian(std::span<const effects::EqBand> bands, std::span<double> out,
                                    std::span<double> jacobian) const {
  if (cell_end_.empty()) return point_jacobian(bands, out, jacobian);
  const std::size_t columns = kParametersPerBand * bands.size();
  assert(out.size() == size() && jacobian.size() == columns * size());
  thread_local std::vector<double> cell_db, cell_jacobian;
  cell_db.resize(phi_.size());
  cell_jacobian.resize(columns * phi_.size());
  point_jacobian(bands, cell_db, cell_jacobian);
  sum_cells(cell_db, out);
  for (std::size_t k = 0, first = 0; k < cell_end_.size(); first = cell_end_[k++]) {
    for (std::size_t c = 0; c < columns; ++c) jacobian[c * size() + k] = 0.0;
    for (std::size_t j = first; j < cell_end_[k]; ++j) {
      // d (10 log10 sum) = sum of the cells' dB derivatives, each weighted by its part of the sum.
      const double part = share_[j] * db_to_power(cell_db[j] - out[k]);
      for (std::size_t c = 0; c < columns; ++c)
        jacobian[c * size() + k] += part * cell_jacobian[c * phi_.size() + j];
    }
  }
}

}  // namespace aapp::fit

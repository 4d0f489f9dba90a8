// Rows of a Jacobian with their residuals, folded into normal equations tile by tile. A row holds the
// derivatives and, after them, the residual: the products of all columns with each other are J'J, J'r and r'r
// at once. Written for chain_residuals.cpp, which compiles it for each instruction set; the order of all sums
// is fixed, so each gives the same bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "analyze/fit/normal_equations.h"
#include "analyze/fit/robust_residual.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {

class ResidualRows {
 public:
  // Adds to `out`, which has to outlive this. Scores are summed over segments of so many frames.
  ResidualRows(std::size_t parameters, std::size_t segment_frames, NormalEquations& out)
      : out_(out),
        parameters_(parameters),
        vectors_(parameters / dsp::kLanes + 1),
        segment_frames_(segment_frames),
        rows_(kTile * stride()),
        products_(vectors_ * dsp::kLanes * vectors_) {}

  // The row of the next residual, at this frame; to be filled with derivatives of the model, before put().
  AAPP_KERNEL_INLINE double* row(std::size_t frame) {
    if (frame / segment_frames_ != segment_) {
      flush();
      segment_ = frame / segment_frames_;
    }
    return next();
  }

  // That row with its residual; both will be whitened and made robust.
  AAPP_KERNEL_INLINE void put(double residual, double weight) {
    whitened_[count_] = residual * weight;
    weight_[count_] = weight;
    if (++count_ == kTile) fold();
  }

  // What was put so far becomes part of the normal equations, as a segment of its own.
  AAPP_KERNEL_INLINE void flush() {
    fold();
    if (pending_ == 0) return;
    Eigen::VectorXd score(parameters_);
    for (std::size_t i = 0; i < parameters_; ++i) {
      score(index(i)) = product(i, parameters_);
      for (std::size_t k = i; k < parameters_; ++k) out_.normal(index(k), index(i)) += product(i, k);
    }
    out_.gradient += score;
    out_.segment_scores.push_back(score);
    out_.sum_squares += product(parameters_, parameters_);
    out_.residuals += pending_;
    std::ranges::fill(products_, dsp::VecCell{});
    pending_ = 0;
  }

 private:
  // Fits the first cache with ten bands.
  static constexpr std::size_t kTile = 96;

  static Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }
  double* next() { return rows_.data() + count_ * stride(); }
  std::size_t stride() const { return vectors_ * dsp::kLanes; }
  // Of columns i <= k.
  double product(std::size_t i, std::size_t k) const {
    return products_[i * vectors_ + k / dsp::kLanes].four[k % dsp::kLanes];
  }

  // Adds the products of four columns with kWide vectors of columns, from vector `v` on.
  template <std::size_t kWide>
  AAPP_KERNEL_INLINE void multiply(std::size_t first, std::size_t v) {
    dsp::Vec sums[dsp::kLanes][kWide] = {};
    const double* values = rows_.data();
    for (std::size_t n = 0; n < count_; ++n, values += stride()) {
      dsp::Vec right[kWide];
      for (std::size_t w = 0; w < kWide; ++w)
        std::memcpy(&right[w], values + (v + w) * dsp::kLanes, sizeof right[w]);
      for (std::size_t i = 0; i < dsp::kLanes; ++i) {
        const double left = values[first + i];
        for (std::size_t w = 0; w < kWide; ++w) sums[i][w] += left * right[w];
      }
    }
    for (std::size_t i = 0; i < dsp::kLanes; ++i) {
      for (std::size_t w = 0; w < kWide; ++w) products_[(first + i) * vectors_ + v + w].four += sums[i][w];
    }
  }

  AAPP_KERNEL_INLINE void make_robust() {
    std::array<double, kTile> value, scale;
    for (std::size_t n = 0; n < kTile; ++n) {
      const RobustResidual robust(whitened_[n]);
      value[n] = robust.value;
      scale[n] = -robust.slope * weight_[n];
    }
    double* values = rows_.data();
    for (std::size_t n = 0; n < count_; ++n, values += stride()) {
      for (std::size_t k = 0; k < stride(); ++k) values[k] *= scale[n];
      values[parameters_] = value[n];
      std::fill(values + parameters_ + 1, values + stride(), 0.0);
    }
  }

  AAPP_KERNEL_INLINE void fold() {
    make_robust();
    for (std::size_t four = 0; four < vectors_; ++four) {
      std::size_t v = four;
      for (; v + 2 <= vectors_; v += 2) multiply<2>(four * dsp::kLanes, v);
      if (v < vectors_) multiply<1>(four * dsp::kLanes, v);
    }
    pending_ += count_;
    count_ = 0;
  }

  NormalEquations& out_;
  std::size_t parameters_, vectors_, segment_frames_;
  std::size_t count_ = 0, pending_ = 0, segment_ = 0;
  std::vector<double> rows_;
  std::array<double, kTile> whitened_{}, weight_{};  // of each row
  std::vector<dsp::VecCell> products_;  // row i: column i with all columns; only those from i on are kept up
};

}  // namespace aapp::fit

#include "analyze/fit/compressor_sensitivity.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Smoothing;

// Derivatives that the recursion carries; slope and offset need none.
constexpr std::size_t kCarried = kLnWindow + 1;

using Carried = std::array<double, kCarried>;

// Smoothing of the gain: all five coordinates pass through the recursion.
template <Ballistics kind, Derivatives derive, class Sink>
void follow_gain(const CompressorPoint& p, const LevelInput& level, double rate_hz, Sink& sink) {
  const UnitCurve curve(p[kThresholdDb], p[kKneeDb]);
  Follower<kind, kCarried, derive> follower({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz}, kLnAttack,
                                            0.0);
  const bool windowed = !level.by_ln_window.empty();
  const std::size_t frames = level.value.size();
  Carried by{};
  for (std::size_t n = 0; n < frames; ++n) {
    double by_level = 0.0, by_knee = 0.0;
    const double over = curve(level.value[n], by_level, by_knee);
    if constexpr (derive == Derivatives::all) {
      by[kThresholdDb] = -by_level;
      by[kKneeDb] = by_knee;
      by[kLnWindow] = windowed ? by_level * level.by_ln_window[n] : 0.0;
    }
    const Track<kCarried>& state = follower.step(over, by);
    sink(n, state.value, state.by);
  }
}

// The value in the smoothing domain below which the curve gives nothing: no logarithm needed there.
template <Smoothing smoothing>
double from_db(double db) {
  if constexpr (smoothing == Smoothing::level_linear) return db_to_gain(db);
  if constexpr (smoothing == Smoothing::level_power) return db_to_power(db);
  return db;
}

// Smoothing of the level: only the times and the window pass through the recursion, the curve comes after.
template <Smoothing smoothing, Ballistics kind, Derivatives derive, class Sink>
void follow_level(const CompressorPoint& p, const LevelInput& level, double rate_hz, Sink& sink) {
  constexpr std::size_t kTimes = 3;  // attack, release, window
  const UnitCurve curve(p[kThresholdDb], p[kKneeDb]);
  const double floor = from_db<smoothing>(dsp::kLevelFloorDb);
  const double lowest = from_db<smoothing>(curve.lowest_db());
  Follower<kind, kTimes, derive> follower({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz}, 0, floor);
  const bool windowed = !level.by_ln_window.empty();
  const std::size_t frames = level.value.size();
  std::array<double, kTimes> times{};
  const Carried nothing{};
  for (std::size_t n = 0; n < frames; ++n) {
    if constexpr (derive == Derivatives::all) times[2] = windowed ? level.by_ln_window[n] : 0.0;
    const Track<kTimes>& state = follower.step(level.value[n], times);
    if (state.value <= lowest) {
      sink(n, 0.0, nothing);
      continue;
    }
    const LevelInDb now = level_in_db<smoothing>(state.value);
    double by_level = 0.0, by_knee = 0.0;
    const double over = curve(now.db, by_level, by_knee);
    if constexpr (derive == Derivatives::all) {
      const double scale = by_level * now.by_value;
      sink(n, over,
           Carried{-by_level, by_knee, scale * state.by[0], scale * state.by[1], scale * state.by[2]});
    } else {
      sink(n, over, nothing);
    }
  }
}

template <Derivatives derive, Ballistics kind, class Sink>
void follow_kind(Smoothing smoothing, const CompressorPoint& p, const LevelInput& level, double rate_hz,
                 Sink& sink) {
  switch (smoothing) {
    case Smoothing::gain_db:
      return follow_gain<kind, derive>(p, level, rate_hz, sink);
    case Smoothing::level_db:
      return follow_level<Smoothing::level_db, kind, derive>(p, level, rate_hz, sink);
    case Smoothing::level_linear:
      return follow_level<Smoothing::level_linear, kind, derive>(p, level, rate_hz, sink);
    case Smoothing::level_power:
      return follow_level<Smoothing::level_power, kind, derive>(p, level, rate_hz, sink);
  }
}

template <Derivatives derive, class Sink>
void follow(const effects::CompressorParams& topology, const CompressorPoint& p, const LevelInput& level,
            double rate_hz, Sink& sink) {
  if (topology.ballistics == Ballistics::branching) {
    follow_kind<derive, Ballistics::branching>(topology.smoothing, p, level, rate_hz, sink);
  } else {
    follow_kind<derive, Ballistics::decoupled>(topology.smoothing, p, level, rate_hz, sink);
  }
}

// Sums x^2 gain over blocks. The exponential is taken once per block and developed from there: gains move
// little in a quarter of a millisecond, and where they do the exponential is taken anew.
template <Derivatives derive>
class BlockSums {
 public:
  BlockSums(const CompressorPoint& p, const GainLane& lane, BlockPrediction& out)
      : p_(p), lane_(lane), out_(out), left_(lane.block_frames), frames_(lane.energy.size()) {}

  void operator()(std::size_t n, double over, const Carried& by) {
    if (n >= frames_) return;
    const double gain = lane_.energy[n] * gain_at(over);
    sum_ += gain;
    over_ += gain * over;
    if constexpr (derive == Derivatives::all) {
      for (std::size_t i = 0; i < kCarried; ++i) by_[i] += gain * by[i];
    }
    if (--left_ == 0) finish_block();
  }

 private:
  double gain_at(double over) {
    const double d = (over - reference_over_) * (-kNeperPerDb * p_[kSlope]);
    if (!(std::abs(d) < 0.02)) {
      reference_over_ = over;
      reference_gain_ = db_to_gain(p_[kOffsetDb] - p_[kSlope] * (p_[kThresholdDb] + over));
      return reference_gain_;
    }
    return reference_gain_ * (1.0 + d * (1.0 + d * (0.5 + d * (1.0 / 6.0))));
  }

  void finish_block() {
    out_.gain[block_] = sum_;
    if constexpr (derive == Derivatives::all) {
      auto& row = out_.jacobian[block_];
      const double slope = -kNeperPerDb * p_[kSlope];
      for (std::size_t i = 0; i < kCarried; ++i) row[i] = slope * by_[i];
      row[kThresholdDb] += slope * sum_;
      row[kSlope] = -kNeperPerDb * (p_[kThresholdDb] * sum_ + over_);
      row[kOffsetDb] = kNeperPerDb * sum_;
      by_ = {};
    }
    sum_ = over_ = 0.0;
    left_ = lane_.block_frames;
    ++block_;
  }

  const CompressorPoint& p_;
  const GainLane& lane_;
  BlockPrediction& out_;
  std::size_t left_, frames_, block_ = 0;
  double sum_ = 0.0, over_ = 0.0, reference_over_ = 1e300, reference_gain_ = 0.0;
  Carried by_{};
};

}  // namespace

CompressorPoint to_point(const effects::CompressorParams& params) {
  CompressorPoint p{};
  p[kThresholdDb] = params.threshold_db;
  p[kKneeDb] = params.knee_db;
  p[kLnAttack] = std::log(params.attack_ms);
  p[kLnRelease] = std::log(params.release_ms);
  p[kLnWindow] = std::log(params.rms_window_ms);
  p[kSlope] = dsp::ratio_to_slope(params.ratio);
  p[kOffsetDb] = params.makeup_db + p[kSlope] * params.threshold_db;
  return p;
}

effects::CompressorParams to_params(const CompressorPoint& point, const effects::CompressorParams& topology) {
  effects::CompressorParams params = topology;
  params.threshold_db = point[kThresholdDb];
  params.knee_db = point[kKneeDb];
  params.attack_ms = std::exp(point[kLnAttack]);
  params.release_ms = std::exp(point[kLnRelease]);
  params.rms_window_ms = std::exp(point[kLnWindow]);
  params.ratio = 1.0 / (1.0 - point[kSlope]);
  params.makeup_db = point[kOffsetDb] - point[kSlope] * point[kThresholdDb];
  return params;
}

void predict_blocks(const effects::CompressorParams& topology, const CompressorPoint& point,
                    const LevelInput& level, const GainLane& lane, double rate_hz, Derivatives derivatives,
                    BlockPrediction& out) {
  out.gain.assign(lane.blocks(), 0.0);
  if (derivatives == Derivatives::all) {
    out.jacobian.resize(lane.blocks());
    BlockSums<Derivatives::all> sums(point, lane, out);
    follow<Derivatives::all>(topology, point, level, rate_hz, sums);
  } else {
    out.jacobian.clear();
    BlockSums<Derivatives::none> sums(point, lane, out);
    follow<Derivatives::none>(topology, point, level, rate_hz, sums);
  }
}

std::vector<float> predict_gain_db(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   const LevelInput& level, double rate_hz) {
  std::vector<float> gain(level.value.size());
  const auto write = [&](std::size_t n, double over, const Carried&) {
    gain[n] = static_cast<float>(point[kOffsetDb] - point[kSlope] * (point[kThresholdDb] + over));
  };
  follow<Derivatives::none>(topology, point, level, rate_hz, write);
  return gain;
}

}  // namespace aapp::fit

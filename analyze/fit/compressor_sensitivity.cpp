#include "analyze/fit/compressor_sensitivity.h"

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Smoothing;

constexpr double kNeperPerDb = 0.11512925464970228420;  // ln(10) / 20
constexpr double kDbPerNeper = 1.0 / kNeperPerDb;
// Derivatives that the recursion carries; slope and offset need none.
constexpr std::size_t kCarried = kLnWindow + 1;

using Carried = std::array<double, kCarried>;

// S of a level: dB over the threshold as the knee counts them.
struct UnitCurve {
  double threshold_db, knee_db, half_knee, per_knee;

  explicit UnitCurve(const CompressorPoint& p)
      : threshold_db(p[kThresholdDb]),
        knee_db(p[kKneeDb]),
        half_knee(0.5 * knee_db),
        per_knee(knee_db > 0.0 ? 1.0 / knee_db : 0.0) {}

  double lowest_db() const { return threshold_db - half_knee; }
  // dsp::gain_curve_db for slope 1, sign turned, with its derivatives.
  double operator()(double level_db, double& by_level, double& by_knee) const {
    const double over = level_db - threshold_db;
    if (over >= half_knee) {
      by_level = 1.0, by_knee = 0.0;
      return over;
    }
    if (over <= -half_knee) {
      by_level = by_knee = 0.0;
      return 0.0;
    }
    const double part = (over + half_knee) * per_knee;
    by_level = part;
    by_knee = 0.5 * part * (1.0 - part);
    return 0.5 * knee_db * part * part;
  }
};

struct Pole {
  double value, by_ln;  // by ln of its time constant

  Pole(double ln_ms, double rate_hz) : value(time_constant_to_pole(std::exp(ln_ms), rate_hz)) {
    by_ln = value > 0.0 ? -value * std::log(value) : 0.0;
  }
};

// A one-pole with the derivatives of its state by the first N carried coordinates.
template <std::size_t N>
struct Track {
  double value = 0.0;
  std::array<double, N> by{};
};

// The recursion of one topology. Input::kCount derivatives enter with the input, all N leave with the state.
template <Ballistics kind, std::size_t N, bool kDerive>
class Follower {
 public:
  Follower(const Pole& attack, const Pole& release, std::size_t attack_index, double rest)
      : attack_(attack), release_(release), attack_index_(attack_index) {
    held_.value = smoothed_.value = rest;
  }

  const Track<N>& step(double input, const std::array<double, N>& by) {
    if constexpr (kind == Ballistics::branching) {
      if (input > smoothed_.value) {
        move(smoothed_, input, by, attack_, attack_index_);
      } else {
        move(smoothed_, input, by, release_, attack_index_ + 1);
      }
    } else {
      Track<N> falling = held_;
      move(falling, input, by, release_, attack_index_ + 1);
      if (input > falling.value) {
        held_.value = input;
        if constexpr (kDerive) held_.by = by;
      } else {
        held_ = falling;
      }
      move(smoothed_, held_.value, held_.by, attack_, attack_index_);
    }
    return smoothed_;
  }

 private:
  static void move(Track<N>& state, double input, const std::array<double, N>& by, const Pole& pole,
                   std::size_t time) {
    if constexpr (kDerive) {
      for (std::size_t i = 0; i < N; ++i) state.by[i] = by[i] + pole.value * (state.by[i] - by[i]);
      state.by[time] += pole.by_ln * (state.value - input);
    }
    state.value = dsp::one_pole_step(state.value, input, pole.value);
  }

  Pole attack_, release_;
  std::size_t attack_index_;
  Track<N> held_, smoothed_;
};

// Smoothing of the gain: all five coordinates pass through the recursion.
template <Ballistics kind, bool kDerive, class Sink>
void follow_gain(const CompressorPoint& p, const LevelInput& level, double rate_hz, Sink& sink) {
  const UnitCurve curve(p);
  Follower<kind, kCarried, kDerive> follower({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz}, kLnAttack,
                                             0.0);
  const bool windowed = !level.by_ln_window.empty();
  const std::size_t frames = level.value.size();
  Carried by{};
  for (std::size_t n = 0; n < frames; ++n) {
    double by_level = 0.0, by_knee = 0.0;
    const double over = curve(level.value[n], by_level, by_knee);
    if constexpr (kDerive) {
      by[kThresholdDb] = -by_level;
      by[kKneeDb] = by_knee;
      by[kLnWindow] = windowed ? by_level * level.by_ln_window[n] : 0.0;
    }
    const Track<kCarried>& state = follower.step(over, by);
    sink(n, state.value, state.by);
  }
}

struct LevelInDb {
  double db, by_value;
};

template <Smoothing smoothing>
LevelInDb to_db(double value) {
  if constexpr (smoothing == Smoothing::level_linear) return {gain_to_db(value), kDbPerNeper / value};
  if constexpr (smoothing == Smoothing::level_power) return {power_to_db(value), 0.5 * kDbPerNeper / value};
  return {value, 1.0};
}

// The value in the smoothing domain below which the curve gives nothing: no logarithm needed there.
template <Smoothing smoothing>
double from_db(double db) {
  if constexpr (smoothing == Smoothing::level_linear) return db_to_gain(db);
  if constexpr (smoothing == Smoothing::level_power) return db_to_power(db);
  return db;
}

// Smoothing of the level: only the times and the window pass through the recursion, the curve comes after.
template <Smoothing smoothing, Ballistics kind, bool kDerive, class Sink>
void follow_level(const CompressorPoint& p, const LevelInput& level, double rate_hz, Sink& sink) {
  constexpr std::size_t kTimes = 3;  // attack, release, window
  const UnitCurve curve(p);
  const double floor = from_db<smoothing>(dsp::kLevelFloorDb);
  const double lowest = from_db<smoothing>(curve.lowest_db());
  Follower<kind, kTimes, kDerive> follower({p[kLnAttack], rate_hz}, {p[kLnRelease], rate_hz}, 0, floor);
  const bool windowed = !level.by_ln_window.empty();
  const std::size_t frames = level.value.size();
  std::array<double, kTimes> times{};
  const Carried nothing{};
  for (std::size_t n = 0; n < frames; ++n) {
    if constexpr (kDerive) times[2] = windowed ? level.by_ln_window[n] : 0.0;
    const Track<kTimes>& state = follower.step(level.value[n], times);
    if (state.value <= lowest) {
      sink(n, 0.0, nothing);
      continue;
    }
    const LevelInDb now = to_db<smoothing>(state.value);
    double by_level = 0.0, by_knee = 0.0;
    const double over = curve(now.db, by_level, by_knee);
    if constexpr (kDerive) {
      const double scale = by_level * now.by_value;
      sink(n, over,
           Carried{-by_level, by_knee, scale * state.by[0], scale * state.by[1], scale * state.by[2]});
    } else {
      sink(n, over, nothing);
    }
  }
}

template <bool kDerive, Ballistics kind, class Sink>
void follow_kind(Smoothing smoothing, const CompressorPoint& p, const LevelInput& level, double rate_hz,
                 Sink& sink) {
  switch (smoothing) {
    case Smoothing::gain_db:
      return follow_gain<kind, kDerive>(p, level, rate_hz, sink);
    case Smoothing::level_db:
      return follow_level<Smoothing::level_db, kind, kDerive>(p, level, rate_hz, sink);
    case Smoothing::level_linear:
      return follow_level<Smoothing::level_linear, kind, kDerive>(p, level, rate_hz, sink);
    case Smoothing::level_power:
      return follow_level<Smoothing::level_power, kind, kDerive>(p, level, rate_hz, sink);
  }
}

template <bool kDerive, class Sink>
void follow(const effects::CompressorParams& topology, const CompressorPoint& p, const LevelInput& level,
            double rate_hz, Sink& sink) {
  if (topology.ballistics == Ballistics::branching) {
    follow_kind<kDerive, Ballistics::branching>(topology.smoothing, p, level, rate_hz, sink);
  } else {
    follow_kind<kDerive, Ballistics::decoupled>(topology.smoothing, p, level, rate_hz, sink);
  }
}

// Sums x^2 gain over blocks. The exponential is taken once per block and developed from there: gains move
// little in a quarter of a millisecond, and where they do the exponential is taken anew.
template <bool kDerive>
class BlockSums {
 public:
  BlockSums(const CompressorPoint& p, const GainLane& lane, BlockPrediction& out)
      : p_(p), lane_(lane), out_(out), left_(lane.block_frames), frames_(lane.energy.size()) {}

  void operator()(std::size_t n, double over, const Carried& by) {
    if (n >= frames_) return;
    const double gain = lane_.energy[n] * gain_at(over);
    sum_ += gain;
    over_ += gain * over;
    if constexpr (kDerive) {
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
    if constexpr (kDerive) {
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
    BlockSums<true> sums(point, lane, out);
    follow<true>(topology, point, level, rate_hz, sums);
  } else {
    out.jacobian.clear();
    BlockSums<false> sums(point, lane, out);
    follow<false>(topology, point, level, rate_hz, sums);
  }
}

std::vector<float> predict_gain_db(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   const LevelInput& level, double rate_hz) {
  std::vector<float> gain(level.value.size());
  const auto write = [&](std::size_t n, double over, const Carried&) {
    gain[n] = static_cast<float>(point[kOffsetDb] - point[kSlope] * (point[kThresholdDb] + over));
  };
  follow<false>(topology, point, level, rate_hz, write);
  return gain;
}

}  // namespace aapp::fit

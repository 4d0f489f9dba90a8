#include "analyze/fit/compressor_sensitivity.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/gain_tiles.h"
#include "common/base/units.h"
#include "common/dsp/quick_double.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {
namespace {

// How many groups of derivatives: those that every detector has, and the window's.
constexpr std::size_t kPlain = 1, kWindowed = 2;

// Sums of x^2 gain and of its derivatives, block by block.
template <Derivatives derive, std::size_t kGroups>
class BlockSums {
 public:
  BlockSums(const CompressorPoint& p, const GainLane& lane, BlockPrediction& out)
      : p_(p), lane_(lane), out_(out), left_(lane.block_frames) {}

  AAPP_KERNEL_INLINE void add(std::size_t first, const GainTile<kGroups>& tile) {
    double weighted[kTileFrames];
    const double makeup_db = p_[kOffsetDb] - p_[kSlope] * p_[kThresholdDb];
    const float* energy = lane_.energy.data() + first;
    for (std::size_t n = 0; n < tile.frames; ++n) {
      const dsp::QuickDouble<dsp::MulAdd::separate> gain_db = makeup_db - p_[kSlope] * tile.value[n];
      weighted[n] = energy[n] * db_to_gain(gain_db).value;
    }
    for (std::size_t n = 0; n < tile.frames;) {
      const std::size_t end = std::min(tile.frames, n + left_);
      left_ -= end - n;
      for (; n < end; ++n) {
        sum_ += weighted[n];
        if constexpr (derive == Derivatives::all) {
          over_ += weighted[n] * tile.value[n];
          for (std::size_t g = 0; g < kGroups; ++g) by_[g] += weighted[n] * tile.by[n][g];
        }
      }
      if (left_ == 0) finish_block();
    }
  }

 private:
  AAPP_KERNEL_INLINE void finish_block() {
    out_.gain[block_] = sum_;
    if constexpr (derive == Derivatives::all) {
      auto& row = out_.jacobian[block_];
      const double slope = -kNeperPerDb * p_[kSlope];
      for (std::size_t i = 0; i < dsp::kLanes; ++i) row[i] = slope * by_[0][i];
      row[kThresholdDb] += slope * sum_;
      row[kLnWindow] = kGroups == kWindowed ? slope * by_[kGroups - 1][0] : 0.0;
      row[kSlope] = -kNeperPerDb * (p_[kThresholdDb] * sum_ + over_);
      row[kOffsetDb] = kNeperPerDb * sum_;
      for (dsp::Vec& by : by_) by = dsp::Vec{};
    }
    sum_ = over_ = 0.0;
    left_ = lane_.block_frames;
    ++block_;
  }

  const CompressorPoint& p_;
  const GainLane& lane_;
  BlockPrediction& out_;
  std::size_t left_, block_ = 0;
  double sum_ = 0.0, over_ = 0.0;
  dsp::Vec by_[kGroups] = {};
};

class GainDb {
 public:
  GainDb(const CompressorPoint& p, std::vector<float>& out) : p_(p), out_(out) {}
  AAPP_KERNEL_INLINE void add(std::size_t first, const GainTile<kPlain>& tile) {
    float* gain_db = out_.data() + first;
    for (std::size_t n = 0; n < tile.frames; ++n)
      gain_db[n] = static_cast<float>(p_[kOffsetDb] - p_[kSlope] * (p_[kThresholdDb] + tile.value[n]));
  }

 private:
  const CompressorPoint& p_;
  std::vector<float>& out_;
};

// What a run is about: the model and how many frames of the level.
struct Run {
  const effects::CompressorParams& topology;
  const CompressorPoint& point;
  const LevelInput& level;
  std::size_t frames;
  double rate_hz;
};

template <Derivatives derive, std::size_t kGroups>
AAPP_KERNEL_INLINE void load(const LevelInput& level, std::size_t first, GainTile<kGroups>& tile) {
  const float* value = level.value.data() + first;
  for (std::size_t n = 0; n < tile.frames; ++n) tile.value[n] = value[n];
  if constexpr (derive == Derivatives::all) {
    for (std::size_t n = 0; n < tile.frames; ++n) tile.by[n][0] = dsp::Vec{};
    if constexpr (kGroups == kWindowed) {
      const float* by = level.by_ln_window.data() + first;
      for (std::size_t n = 0; n < tile.frames; ++n) tile.by[n][1] = dsp::Vec{by[n], 0.0, 0.0, 0.0};
    }
  }
}

template <dsp::Ballistics kind, Derivatives derive, std::size_t kGroups, class Sink>
AAPP_KERNEL_INLINE void run_kind(const Run& run, Sink& sink) {
  GainStages<kind, kGroups, derive> stages(run.topology.smoothing, run.point, run.rate_hz);
  GainTile<kGroups> tile;
  for (std::size_t first = 0; first < run.frames; first += tile.frames) {
    tile.frames = std::min(kTileFrames, run.frames - first);
    load<derive>(run.level, first, tile);
    stages.run(tile);
    sink.add(first, tile);
  }
}
template <Derivatives derive, std::size_t kGroups, class Sink>
AAPP_KERNEL_INLINE void run_any(const Run& run, Sink& sink) {
  if (run.topology.ballistics == dsp::Ballistics::branching)
    return run_kind<dsp::Ballistics::branching, derive, kGroups>(run, sink);
  run_kind<dsp::Ballistics::decoupled, derive, kGroups>(run, sink);
}
template <Derivatives derive, std::size_t kGroups, class Sink>
AAPP_KERNEL_AVX2 void run_avx2(const Run& run, Sink& sink) {
  run_any<derive, kGroups>(run, sink);
}
template <Derivatives derive, std::size_t kGroups, class Sink>
AAPP_KERNEL_BASELINE void run_baseline(const Run& run, Sink& sink) {
  run_any<derive, kGroups>(run, sink);
}
template <Derivatives derive, std::size_t kGroups, class Sink>
void run_best(const Run& run, Sink&& sink) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  avx2 ? run_avx2<derive, kGroups>(run, sink) : run_baseline<derive, kGroups>(run, sink);
}

template <Derivatives derive, std::size_t kGroups>
void sum_blocks(const Run& run, const GainLane& lane, BlockPrediction& out) {
  run_best<derive, kGroups>(run, BlockSums<derive, kGroups>(run.point, lane, out));
}

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
  const Run run{topology, point, level, lane.energy.size(), rate_hz};
  out.gain.assign(lane.blocks(), 0.0);
  out.jacobian.resize(derivatives == Derivatives::all ? lane.blocks() : 0);
  if (derivatives == Derivatives::none) return sum_blocks<Derivatives::none, kPlain>(run, lane, out);
  if (level.by_ln_window.empty()) return sum_blocks<Derivatives::all, kPlain>(run, lane, out);
  sum_blocks<Derivatives::all, kWindowed>(run, lane, out);
}

std::vector<float> predict_gain_db(const effects::CompressorParams& topology, const CompressorPoint& point,
                                   const LevelInput& level, double rate_hz) {
  std::vector<float> gain_db(level.value.size());
  run_best<Derivatives::none, kPlain>({topology, point, level, gain_db.size(), rate_hz},
                                      GainDb(point, gain_db));
  return gain_db;
}

}  // namespace aapp::fit

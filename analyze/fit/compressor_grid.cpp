#include "analyze/fit/compressor_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analyze/fit/parallel.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr std::array kThresholdsUnderLoudDb{-3.0, 3.0, 9.0, 15.0, 21.0};
constexpr std::array kAttacksMs{1.0, 6.0, 30.0};
constexpr std::array kReleasesMs{30.0, 110.0, 400.0};
constexpr double kStartKneeDb = 6.0, kStartWindowMs = 6.0;
constexpr std::array kThresholdsAroundDb{-4.0, 0.0, 4.0};
constexpr std::array kTimesAround{0.4, 1.0, 2.5};

// What a block says about the gain in dB, and how much it counts.
struct Observation {
  double gain_db, weight;
};

std::vector<Observation> observe(const GainLane& lane, std::size_t warm_up_blocks, const ErrorModel& error) {
  std::vector<Observation> out(lane.blocks(), {0.0, 0.0});
  for (std::size_t b = warm_up_blocks; b < lane.blocks(); ++b) {
    if (!(lane.xy[b] > 0.0)) continue;
    const double variance = error.noise + error.relative * error.relative * lane.yy[b];
    out[b] = {gain_to_db(lane.xy[b] / lane.xx[b]), lane.yy[b] / (variance + 1e-30)};
  }
  return out;
}

// Weighted straight line: observed gain = offset' - slope * over.
class LineFit {
 public:
  void add(double over, const Observation& seen) {
    w_ += seen.weight;
    s_ += seen.weight * over;
    ss_ += seen.weight * over * over;
    y_ += seen.weight * seen.gain_db;
    sy_ += seen.weight * over * seen.gain_db;
    yy_ += seen.weight * seen.gain_db * seen.gain_db;
  }
  GridStart solve(CompressorPoint point) const {
    const double spread = ss_ - s_ * s_ / std::max(w_, 1e-300);
    const double joint = sy_ - s_ * y_ / std::max(w_, 1e-300);
    const Range range = coordinate_bounds(kSlope);
    const double slope = spread > 0.0 ? std::clamp(-joint / spread, range.low, range.high) : 0.0;
    const double makeup_db = w_ > 0.0 ? (y_ + slope * s_) / w_ : 0.0;
    const double square = yy_ - 2.0 * makeup_db * y_ + 2.0 * slope * sy_ + makeup_db * makeup_db * w_ -
                          2.0 * makeup_db * slope * s_ + slope * slope * ss_;
    point[kSlope] = slope;
    point[kOffsetDb] = makeup_db + slope * point[kThresholdDb];
    return {point, w_ > 0.0 ? square / w_ : 0.0};
  }

 private:
  double w_ = 0.0, s_ = 0.0, ss_ = 0.0, y_ = 0.0, sy_ = 0.0, yy_ = 0.0;
};

GridStart evaluate(const std::vector<CompressorLane>& lanes, const std::vector<LevelInput>& inputs,
                   const std::vector<std::vector<Observation>>& seen,
                   const effects::CompressorParams& topology, CompressorPoint point, double rate_hz) {
  LineFit line;
  // Slope 1 and no make-up: the predicted gain is minus the smoothed dB over the threshold.
  point[kSlope] = 1.0;
  point[kOffsetDb] = point[kThresholdDb];
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const std::vector<float> gain_db = predict_gain_db(topology, point, inputs[i], rate_hz);
    const std::size_t frames = lanes[i].gain.block_frames;
    for (std::size_t b = 0; b < lanes[i].gain.blocks(); ++b) {
      if (seen[i][b].weight > 0.0)
        line.add(-static_cast<double>(gain_db[b * frames + frames / 2]), seen[i][b]);
    }
  }
  return line.solve(point);
}

}  // namespace

std::vector<CompressorPoint> whole_grid(double loud_db) {
  std::vector<CompressorPoint> points;
  for (const double under : kThresholdsUnderLoudDb) {
    for (const double attack : kAttacksMs) {
      for (const double release : kReleasesMs) {
        CompressorPoint p{};
        p[kThresholdDb] = loud_db - under;
        p[kKneeDb] = kStartKneeDb;
        p[kLnAttack] = std::log(attack);
        p[kLnRelease] = std::log(release);
        p[kLnWindow] = std::log(kStartWindowMs);
        points.push_back(p);
      }
    }
  }
  return points;
}

std::vector<CompressorPoint> grid_around(const CompressorPoint& point) {
  std::vector<CompressorPoint> points;
  for (const double threshold_db : kThresholdsAroundDb) {
    for (const double attack : kTimesAround) {
      for (const double release : kTimesAround) {
        CompressorPoint p = point;
        p[kThresholdDb] += threshold_db;
        p[kLnAttack] += std::log(attack);
        p[kLnRelease] += std::log(release);
        points.push_back(p);
      }
    }
  }
  return points;
}

std::vector<GridStart> grid_starts(const CompressorData& data, const effects::CompressorParams& topology,
                                   const std::vector<CompressorPoint>& points, const ErrorModel& error,
                                   int threads) {
  const std::vector<CompressorLane>& lanes = data.lanes(topology.stereo_link);
  const double window_ms = std::exp(points.front()[kLnWindow]);
  std::vector<LevelInput> inputs;
  std::vector<std::vector<Observation>> seen;
  for (const CompressorLane& lane : lanes) {
    inputs.push_back(lane_input(lane, topology, window_ms, data.rate_hz()));
    seen.push_back(observe(lane.gain, data.warm_up_blocks(), error));
  }
  std::vector<GridStart> starts(points.size());
  parallel_for(points.size(), threads, [&](std::size_t i) {
    starts[i] = evaluate(lanes, inputs, seen, topology, points[i], data.rate_hz());
  });
  std::stable_sort(starts.begin(), starts.end(),
                   [](const GridStart& a, const GridStart& b) { return a.cost < b.cost; });
  return starts;
}

}  // namespace aapp::fit

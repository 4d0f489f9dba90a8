#include "analyze/fit/chain_residuals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>
#include <numeric>

#include "analyze/fit/chain_voice.h"
#include "analyze/fit/compressor_fit.h"
#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/parallel.h"
#include "analyze/fit/residual_rows.h"
#include "common/base/units.h"
#include "common/dsp/biquad_cascade.h"
#include "common/dsp/simd.h"
#include "common/dsp/vec.h"

namespace aapp::fit {
namespace {

// Levels that residuals are whitened by are means over this long.
constexpr double kWeightBlockMs = 5.0;
// An excerpt of so much is cut into two parts; the second runs in for so long before it counts.
constexpr double kPartedFromS = 8.0, kRunInS = 2.0;

std::size_t weight_block_frames(int rate_hz) {
  return static_cast<std::size_t>(std::max(1LL, ms_to_frames(kWeightBlockMs, rate_hz)));
}

// The first frame from there on that is a residual.
std::size_t first_compared(std::size_t from, std::size_t stride) {
  return (from + stride - 1) / stride * stride;
}

// What both orders share: where the samples are and which of them are compared.
struct Task {
  const PairExcerpt& excerpt;
  const std::vector<std::vector<float>>& weight;
  std::size_t stride;
  const ChainModel& model;
  const CompressorPoint& point;
  std::span<const int> channels;
  std::size_t from, compared_from, to;  // frames, as in ChainResiduals::Part
  std::size_t block_frames = weight_block_frames(excerpt.rate_hz);

  std::size_t band_coordinates() const { return kCoordinatesPerBand * model.eq.bands.size(); }
  // Of so many frames of a channel from `first` on; 0: not compared.
  void weights(int channel, std::size_t first, std::size_t frames, double* out) const {
    const std::vector<float>& of_blocks = weight[static_cast<std::size_t>(channel)];
    std::fill_n(out, frames, 0.0);
    std::size_t n = first_compared(std::max(first, compared_from), stride);
    for (std::size_t block = n / block_frames; n < first + frames; n += stride) {
      if (n >= (block + 1) * block_frames) ++block;
      out[n - first] = of_blocks[block];
    }
  }
};

// Four derivatives of a row, by bands. The last ones may be padding; the compressor's overwrite that.
AAPP_KERNEL_INLINE void put_group(const dsp::Vec& four, std::size_t group, double* row) {
  std::memcpy(row + group * dsp::kLanes, &four, sizeof four);
}

AAPP_KERNEL_INLINE void run_eq_first(const Task& task, ResidualRows& rows) {
  const PairExcerpt& pair = task.excerpt;
  const audio::AudioBuffer driver =
      equalise(cut(pair.dry, task.from, task.to - task.from), task.model.eq, pair.rate_hz, Direction::apply);
  const std::size_t bands = task.band_coordinates(), channels = task.channels.size();
  std::vector<EqTangents> tangents(channels, EqTangents(task.model.eq, pair.rate_hz));
  const std::size_t groups = tangents.front().groups();
  Voice voice(task.model, task.point, channels, groups, pair.rate_hz);
  std::vector<double> samples(kTileFrames * channels), weights(kTileFrames * channels);
  std::vector<dsp::VecCell> by(kTileFrames * channels * groups);
  std::array<double, kTileFrames> output;
  for (std::size_t first = task.from; first < task.to; first += kTileFrames) {
    const std::size_t frames = std::min(kTileFrames, task.to - first);
    for (std::size_t i = 0; i < channels; ++i) {
      const float* channel = std::as_const(driver).channel(task.channels[i]).data() + (first - task.from);
      std::copy_n(channel, frames, output.begin());
      tangents[i].run(output.data(), frames);
      for (std::size_t n = 0; n < frames; ++n) {
        samples[n * channels + i] = output[n];
        tangents[i].derivatives(n, by.data() + (n * channels + i) * groups);
      }
      task.weights(task.channels[i], first, frames, weights.data() + i * kTileFrames);
    }
    voice.run(samples.data(), by.data(), frames);
    for (std::size_t n = 0; n < frames; ++n) {
      for (std::size_t i = 0; i < channels; ++i) {
        const double weight = weights[i * kTileFrames + n];
        if (!(weight > 0.0)) continue;
        const double gain = voice.gain(n), out = gain * samples[n * channels + i];
        const dsp::VecCell* const from = by.data() + (n * channels + i) * groups;
        double* row = rows.row(first + n);
        for (std::size_t g = 0; g < groups; ++g) {
          dsp::Vec ln_by;
          voice.ln_by_driver(n, g, ln_by);
          put_group(gain * from[g].four + out * ln_by, g, row);
        }
        const auto ln_by = voice.ln_by(n);
        for (std::size_t k = 0; k < kCompressorCoordinates; ++k) row[bands + k] = out * ln_by[k];
        rows.put(pair.wet.channel(task.channels[i])[first + n] - out, weight);
      }
    }
  }
}

// One channel's compressed signal and its derivatives by the compressor's coordinates, all through the
// equaliser, a tile at a time.
class EqualisedTile {
 public:
  static constexpr std::size_t kSignals = 1 + kCompressorCoordinates;

  EqualisedTile(const effects::EqParams& eq, int rate_hz)
      : bands_(kCoordinatesPerBand * eq.bands.size()), tangents_(eq, rate_hz), by_(tangents_.groups()) {
    cascade_.prepare(static_cast<int>(kSignals));
    std::vector<dsp::BiquadCoefficients<double>> sections;
    for (const effects::EqBand& band : eq.bands)
      sections.push_back(dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz));
    cascade_.set(sections);
  }
  AAPP_KERNEL_INLINE void set(std::size_t i, double out,
                              const std::array<double, kCompressorCoordinates>& ln_by) {
    signal_[0][i] = static_cast<float>(out);
    for (std::size_t k = 0; k < kCompressorCoordinates; ++k)
      signal_[1 + k][i] = static_cast<float>(out * ln_by[k]);
  }
  void equalise(std::size_t frames) {
    std::array<const float*, kSignals> in;
    std::array<float*, kSignals> out;
    for (std::size_t s = 0; s < kSignals; ++s) in[s] = out[s] = signal_[s].data();
    cascade_.process(in, out, frames);
    std::copy_n(signal_[0].begin(), frames, output_.begin());
  }
  AAPP_KERNEL_INLINE void derive(std::size_t frames) { tangents_.run(output_.data(), frames); }
  // The model's output, and its derivatives.
  double output(std::size_t i) const { return output_[i]; }
  AAPP_KERNEL_INLINE void derivatives(std::size_t i, double* row) {
    tangents_.derivatives(i, by_.data());
    for (std::size_t g = 0; g < by_.size(); ++g) put_group(by_[g].four, g, row);
    for (std::size_t k = 0; k < kCompressorCoordinates; ++k) row[bands_ + k] = signal_[1 + k][i];
  }

 private:
  std::size_t bands_;  // their coordinates
  dsp::BiquadCascade cascade_;
  EqTangents tangents_;
  std::vector<dsp::VecCell> by_;
  std::array<std::array<float, kTileFrames>, kSignals> signal_{};
  std::array<double, kTileFrames> output_{};
};

AAPP_KERNEL_INLINE void run_compressor_first(const Task& task, ResidualRows& rows) {
  const PairExcerpt& pair = task.excerpt;
  const std::size_t channels = task.channels.size();
  Voice voice(task.model, task.point, channels, 0, pair.rate_hz);
  std::vector<EqualisedTile> tiles(channels, EqualisedTile(task.model.eq, pair.rate_hz));
  std::vector<double> samples(kTileFrames * channels);
  std::array<double, kTileFrames> weights;
  for (std::size_t first = task.from; first < task.to; first += kTileFrames) {
    const std::size_t frames = std::min(kTileFrames, task.to - first);
    for (std::size_t i = 0; i < channels; ++i) {
      const float* channel = pair.dry.channel(task.channels[i]).data() + first;
      for (std::size_t n = 0; n < frames; ++n) samples[n * channels + i] = channel[n];
    }
    voice.run(samples.data(), nullptr, frames);
    for (std::size_t n = 0; n < frames; ++n) {
      const auto ln_by = voice.ln_by(n);
      for (std::size_t i = 0; i < channels; ++i)
        tiles[i].set(n, voice.gain(n) * samples[n * channels + i], ln_by);
    }
    for (std::size_t i = 0; i < channels; ++i) {
      tiles[i].equalise(frames);
      tiles[i].derive(frames);
      const int c = task.channels[i];
      task.weights(c, first, frames, weights.data());
      for (std::size_t n = 0; n < frames; ++n) {
        if (!(weights[n] > 0.0)) continue;
        tiles[i].derivatives(n, rows.row(first + n));
        rows.put(pair.wet.channel(c)[first + n] - tiles[i].output(n), weights[n]);
      }
    }
  }
}

// Nothing is contracted into fused multiply-adds here, so both instruction sets give the same bits.
AAPP_KERNEL_INLINE void run_task(ChainKind kind, const Task& task, ResidualRows& rows) {
  kind == ChainKind::eq_then_compressor ? run_eq_first(task, rows) : run_compressor_first(task, rows);
  rows.flush();
}
AAPP_KERNEL_AVX2 void run_avx2(ChainKind kind, const Task& task, ResidualRows& rows) {
  run_task(kind, task, rows);
}
AAPP_KERNEL_BASELINE void run_baseline(ChainKind kind, const Task& task, ResidualRows& rows) {
  run_task(kind, task, rows);
}
void run_best(ChainKind kind, const Task& task, ResidualRows& rows) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  avx2 ? run_avx2(kind, task, rows) : run_baseline(kind, task, rows);
}

struct BlockError {
  double error = 0.0, wet = 0.0;  // mean squares
};

// Of all whole blocks that are not silent.
std::vector<BlockError> block_errors(std::span<const float> wet, std::span<const float> played,
                                     std::size_t block) {
  std::vector<BlockError> blocks;
  for (std::size_t first = 0; first + block <= wet.size(); first += block) {
    double error = 0.0, power = 0.0;
    for (std::size_t n = first; n < first + block; ++n) {
      const double y = wet[n], d = y - played[n];
      error += d * d, power += y * y;
    }
    const auto count = static_cast<double>(block);
    if (power > kSilence * count) blocks.push_back({error / count, power / count});
  }
  return blocks;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

ChainResiduals::ChainResiduals(const PairExcerpt& excerpt, ChainKind kind, const ErrorModel& error,
                               std::size_t stride, int threads)
    : excerpt_(excerpt), kind_(kind), stride_(stride), threads_(threads) {
  const std::size_t begin = excerpt.warm_up_frames, end = excerpt.dry.frames();
  const auto to_frames = [&](double s) { return static_cast<std::size_t>(s * excerpt.rate_hz); };
  if (end >= begin + to_frames(kPartedFromS)) {
    const std::size_t middle = begin + (end - begin) / 2;
    parts_ = {{0, begin, middle}, {middle - to_frames(kRunInS), middle, end}};
  } else {
    parts_ = {{0, begin, end}};
  }
  const std::size_t block = weight_block_frames(excerpt.rate_hz);
  weight_.resize(static_cast<std::size_t>(excerpt.wet.channels()));
  parallel_for(weight_.size(), threads, [&](std::size_t i) {
    const auto wet = excerpt.wet.channel(static_cast<int>(i));
    std::vector<float>& weights = weight_[i];
    for (std::size_t first = 0; first < wet.size(); first += block) {
      const auto samples = wet.subspan(first, std::min(block, wet.size() - first));
      double sum = 0.0;
      bool clipped = false;
      for (const float y : samples) {
        sum += static_cast<double>(y) * y;
        clipped = clipped || is_clipped(y);
      }
      const double mean = sum / static_cast<double>(samples.size());
      weights.push_back(clipped ? 0.0F : static_cast<float>(whitening(error, mean)));
    }
  });
}

NormalEquations ChainResiduals::run(const Part& part, const ChainModel& model,
                                    const CompressorPoint& point) const {
  const std::size_t parameters = kCoordinatesPerBand * model.eq.bands.size() + kCompressorCoordinates;
  NormalEquations out(parameters);
  std::vector<int> all(static_cast<std::size_t>(excerpt_.dry.channels()));
  std::iota(all.begin(), all.end(), 0);
  const bool alone = model.compressor.stereo_link == dsp::StereoLink::none;
  const auto segment =
      static_cast<std::size_t>(std::max(1LL, ms_to_frames(kScoreSegmentMs, excerpt_.rate_hz)));
  for (std::size_t first = 0; first < all.size(); first += alone ? 1 : all.size()) {
    const std::span<const int> channels = std::span(all).subspan(first, alone ? 1 : all.size());
    ResidualRows rows(parameters, segment, out);
    const Task task{excerpt_,           weight_, stride_, model, point, channels, part.from,
                    part.compared_from, part.to};
    run_best(kind_, task, rows);
  }
  return out;
}

NormalEquations ChainResiduals::at(const ChainModel& model, const CompressorPoint& point) const {
  std::vector<NormalEquations> sums(parts_.size());
  parallel_for(parts_.size(), threads_, [&](std::size_t i) { sums[i] = run(parts_[i], model, point); });
  NormalEquations& out = sums.front();
  for (std::size_t i = 1; i < sums.size(); ++i) {
    out.normal += sums[i].normal;
    out.gradient += sums[i].gradient;
    out.sum_squares += sums[i].sum_squares;
    out.residuals += sums[i].residuals;
    std::ranges::move(sums[i].segment_scores, std::back_inserter(out.segment_scores));
  }
  out.normal.triangularView<Eigen::StrictlyUpper>() = out.normal.transpose();
  return std::move(out);
}

double ChainResiduals::sum_squares(const Part& part, const ChainModel& model) const {
  const audio::AudioBuffer out =
      run_model(model, cut(excerpt_.dry, part.from, part.to - part.from), excerpt_.rate_hz);
  const std::size_t block = weight_block_frames(excerpt_.rate_hz);
  double sum = 0.0;
  for (int c = 0; c < out.channels(); ++c) {
    const std::span<const float> played = std::as_const(out).channel(c), wet = excerpt_.wet.channel(c);
    const std::vector<float>& weights = weight_[static_cast<std::size_t>(c)];
    for (std::size_t n = first_compared(part.compared_from, stride_); n < part.to; n += stride_) {
      const double weight = weights[n / block];
      if (!(weight > 0.0)) continue;
      const double residual = static_cast<double>(wet[n]) - played[n - part.from];
      const double value = RobustResidual(residual * weight).value;
      sum += value * value;
    }
  }
  return sum;
}

double ChainResiduals::sum_squares(const ChainModel& model, const CompressorPoint& point) const {
  ChainModel at = model;
  at.compressor = to_params(point, model.compressor);
  std::vector<double> sums(parts_.size());
  parallel_for(parts_.size(), threads_, [&](std::size_t i) { sums[i] = sum_squares(parts_[i], at); });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

std::size_t ChainResiduals::count() const {
  const std::size_t block = weight_block_frames(excerpt_.rate_hz);
  std::size_t count = 0;
  for (const std::vector<float>& weights : weight_) {
    for (std::size_t n = first_compared(excerpt_.warm_up_frames, stride_); n < excerpt_.wet.frames();
         n += stride_)
      count += weights[n / block] > 0.0F;
  }
  return count;
}

ErrorModel estimate_chain_error(const ChainModel& model, const PairExcerpt& excerpt) {
  const audio::AudioBuffer out = run_model(model, excerpt.dry, excerpt.rate_hz);
  const std::size_t block = weight_block_frames(excerpt.rate_hz);
  std::vector<std::vector<BlockError>> by_channel(static_cast<std::size_t>(out.channels()));
  parallel_for(by_channel.size(), [&](std::size_t i) {
    const int c = static_cast<int>(i);
    by_channel[i] = block_errors(excerpt.wet.channel(c).subspan(excerpt.warm_up_frames),
                                 std::as_const(out).channel(c).subspan(excerpt.warm_up_frames), block);
  });
  std::vector<BlockError> blocks;
  for (const std::vector<BlockError>& some : by_channel)
    blocks.insert(blocks.end(), some.begin(), some.end());
  if (blocks.empty()) return {};
  std::ranges::stable_sort(blocks, [](const BlockError& a, const BlockError& b) { return a.wet < b.wet; });
  const std::size_t quarter = std::max<std::size_t>(1, blocks.size() / 4);
  std::vector<double> quiet, loud;
  for (std::size_t i = 0; i < quarter; ++i) quiet.push_back(blocks[i].error);
  ErrorModel error{.noise = median_of(quiet)};
  for (std::size_t i = blocks.size() - quarter; i < blocks.size(); ++i)
    loud.push_back((blocks[i].error - error.noise) / blocks[i].wet);
  error.relative = std::sqrt(std::max(0.0, median_of(loud)));
  return error;
}

}  // namespace aapp::fit

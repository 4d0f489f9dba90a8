#include "analyze/report/chain_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <variant>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/timeline.h"
#include "common/audio/pump.h"
#include "common/base/units.h"
#include "common/chain/chain.h"
#include "common/dsp/biquad_response.h"
#include "common/dsp/gain_curve.h"

namespace aapp::report {
namespace {

constexpr double kLowHz = 20.0, kHighHz = 20000.0;
constexpr std::size_t kCurvePoints = 240;

std::vector<double> curve_frequencies(double rate_hz) {
  const double high = std::min(kHighHz, dsp::kMaxFrequencyOfRate * rate_hz);
  std::vector<double> hz(kCurvePoints);
  for (std::size_t i = 0; i < hz.size(); ++i) {
    hz[i] = kLowHz * std::pow(high / kLowHz, static_cast<double>(i) / static_cast<double>(hz.size() - 1));
  }
  return hz;
}

std::vector<double> band_response(const effects::EqBand& band, std::span<const double> hz, double rate_hz) {
  const auto coefficients = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz);
  std::vector<double> db(hz.size());
  for (std::size_t i = 0; i < hz.size(); ++i)
    db[i] = dsp::response_db(coefficients, dsp::response_phi(hz[i], rate_hz));
  return db;
}

const fit::ParameterEstimate* find_estimate(std::span<const fit::ParameterEstimate> estimates,
                                            std::string_view name) {
  for (const fit::ParameterEstimate& e : estimates) {
    if (e.name == name) return &e;
  }
  return nullptr;
}

// The two ends of a parameter's 95 % interval; the value itself twice where nothing was estimated.
std::array<double, 2> interval(std::span<const fit::ParameterEstimate> estimates, const std::string& name,
                               double value) {
  const fit::ParameterEstimate* e = find_estimate(estimates, name);
  return e == nullptr ? std::array{value, value} : std::array{e->ci95.low, e->ci95.high};
}

// Lowest and highest response over the corners of the parameters' intervals.
void add_range(Series& series, const effects::EqBand& band, std::span<const double> hz, double rate_hz,
               std::span<const fit::ParameterEstimate> estimates, const std::string& pointer) {
  series.y = series.y_low = band_response(band, hz, rate_hz);
  for (const double f : interval(estimates, pointer + "/frequency_hz", band.frequency_hz)) {
    for (const double g : interval(estimates, pointer + "/gain_db", band.gain_db)) {
      for (const double q : interval(estimates, pointer + "/q", band.q)) {
        effects::EqBand corner = band;
        corner.frequency_hz = f, corner.gain_db = g, corner.q = q;
        const std::vector<double> db = band_response(corner, hz, rate_hz);
        for (std::size_t i = 0; i < db.size(); ++i) {
          series.y[i] = std::max(series.y[i], db[i]);
          series.y_low[i] = std::min(series.y_low[i], db[i]);
        }
      }
    }
  }
}

std::string band_name(std::size_t number, const effects::EqBand& band) {
  return fmt::format("{} {} {:.0f} Hz", number, dsp::kBandTypeNames[static_cast<std::size_t>(band.type)],
                     band.frequency_hz);
}

// The range of a band that the material does not tell would cover the picture and say nothing.
bool is_identified(std::span<const fit::ParameterEstimate> estimates, const std::string& band_pointer) {
  return std::all_of(estimates.begin(), estimates.end(), [&](const fit::ParameterEstimate& e) {
    return !e.name.starts_with(band_pointer + "/") || e.identified;
  });
}

dsp::GainCurve<double> curve_of(const effects::CompressorParams& p) {
  return {p.threshold_db, dsp::ratio_to_slope(p.ratio), p.knee_db};
}

Series level_histogram(std::span<const measure::WeightedLevel> levels, const Axis& x, const Axis& y) {
  Series bars{.name = "input levels", .role = Role::source, .mark = Mark::bars};
  std::vector<double> share(static_cast<std::size_t>(x.max - x.min), 0.0);
  for (const measure::WeightedLevel& level : levels) {
    const double bin = std::clamp(level.level_db - x.min, 0.0, static_cast<double>(share.size()) - 1.0);
    share[static_cast<std::size_t>(bin)] += level.weight;
  }
  const double largest = std::max(1e-300, *std::max_element(share.begin(), share.end()));
  for (std::size_t i = 0; i < share.size(); ++i) {
    bars.x.push_back(x.min + static_cast<double>(i) + 0.5);
    bars.y.push_back(y.min + 0.35 * (y.max - y.min) * share[i] / largest);
    bars.y_low.push_back(y.min);
  }
  return bars;
}

// The chain cut in two, so that the level between can be seen.
std::pair<Preset, Preset> split_before_compressor(const Preset& preset) {
  std::pair<Preset, Preset> parts;
  bool reached = false;
  for (const ChainNode& node : preset.chain) {
    reached = reached || std::holds_alternative<effects::CompressorParams>(node.params);
    (reached ? parts.second : parts.first).chain.push_back(node);
  }
  return parts;
}

double block_level_db(audio::ConstAudioView block) {
  double sum = 0.0;
  for (int c = 0; c < block.channels(); ++c) {
    for (const float x : block.channel(c)) sum += static_cast<double>(x) * x;
  }
  return measure::band_level_db(
      sum / static_cast<double>(block.frames() * static_cast<std::size_t>(block.channels())));
}

// Keeps a trace short: when it is full, neighbours are joined and from then on twice as many blocks make a
// step.
class Joiner {
 public:
  void add(GainTrace& trace, float gain_db) {
    if (in_step_ == 0) {
      trace.gain_db.push_back(gain_db);
    } else {
      trace.gain_db.back() = std::min(trace.gain_db.back(), gain_db);
    }
    in_step_ = (in_step_ + 1) % joined_;
    if (trace.gain_db.size() == 2 * measure::kTimelineSteps && in_step_ == 0) halve(trace);
  }

 private:
  void halve(GainTrace& trace) {
    std::vector<float>& gain = trace.gain_db;
    for (std::size_t i = 0; i < gain.size() / 2; ++i) gain[i] = std::min(gain[2 * i], gain[2 * i + 1]);
    gain.resize(gain.size() / 2);
    trace.step_s *= 2.0;
    joined_ *= 2;
  }

  std::size_t joined_ = 1;
  std::size_t in_step_ = 0;
};

}  // namespace

Plot eq_plot(const effects::EqParams& eq, double rate_hz, std::span<const fit::ParameterEstimate> estimates,
             std::string_view params_pointer) {
  const std::vector<double> hz = curve_frequencies(rate_hz);
  Plot plot{.id = "equaliser", .title = "Equaliser", .summary = {}, .x = frequency_axis(kLowHz, kHighHz)};
  Series sum{.name = "all bands", .role = Role::fit, .x = hz, .y = std::vector<double>(hz.size(), 0.0)};
  std::string untold;  // numbers of the bands whose range is left out
  for (std::size_t b = 0; b < eq.bands.size(); ++b) {
    const effects::EqBand& band = eq.bands[b];
    if (!band.enabled) continue;
    const std::string pointer = fmt::format("{}/bands/{}", params_pointer, b);
    const std::vector<double> db = band_response(band, hz, rate_hz);
    for (std::size_t i = 0; i < hz.size(); ++i) sum.y[i] += db[i];
    plot.series.push_back({.name = band_name(b + 1, band), .role = Role::part, .x = hz, .y = db});
    if (!is_identified(estimates, pointer)) {
      untold += fmt::format("{}{}", untold.empty() ? "" : ", ", b + 1);
      continue;
    }
    Series range{.name = fmt::format("{}, 95 %", b + 1), .role = Role::part, .mark = Mark::ribbon, .x = hz};
    add_range(range, band, hz, rate_hz, estimates, pointer);
    if (range.y != range.y_low) plot.series.push_back(std::move(range));
  }
  plot.y = axis_around("gain, dB", {sum}, 12.0);
  plot.summary = fmt::format(
      "Response of {} bands together, and of each with the range of its 95 % intervals{}.", eq.bands.size(),
      untold.empty() ? "" : fmt::format("; not of {}, which this material does not tell apart", untold));
  plot.series.push_back(std::move(sum));
  return plot;
}

Plot static_curve_plot(const effects::CompressorParams& compressor,
                       std::span<const measure::WeightedLevel> input_levels) {
  Plot plot{
      .id = "static-curve",
      .title = "Compressor: output over input",
      .summary = fmt::format(
          "Static curve: threshold {:.1f} dB, ratio {:.2f}, knee {:.1f} dB, make-up {:.1f} dB; below it how "
          "often the input has which level.",
          compressor.threshold_db, compressor.ratio, compressor.knee_db, compressor.makeup_db),
      .x = linear_axis("input level, dB", -70.0, 6.0, 8),
      .y = linear_axis("output level, dB", -70.0, 12.0, 8)};
  if (!input_levels.empty()) plot.series.push_back(level_histogram(input_levels, plot.x, plot.y));
  Series unity{.name = "unchanged", .role = Role::guide, .mark = Mark::dashed};
  Series curve{.name = "output", .role = Role::fit};
  for (double level = plot.x.min; level <= plot.x.max; level += 0.5) {
    const double gain_db = dsp::gain_curve_db(curve_of(compressor), level);
    const double gain = dsp::compressor_gain(gain_db, compressor.makeup_db, compressor.mix);
    unity.x.push_back(level);
    unity.y.push_back(level);
    curve.x.push_back(level);
    curve.y.push_back(level + gain_to_db(gain));
  }
  plot.series.push_back(std::move(unity));
  plot.series.push_back(std::move(curve));
  return plot;
}

Plot step_response_plot(const effects::CompressorParams& compressor) {
  constexpr int kRateHz = 48000;
  constexpr double kStepDb = 10.0;  // to each side of the threshold
  const double rise_ms = std::max(20.0, 6.0 * compressor.attack_ms);
  const double fall_ms = std::max(50.0, 5.0 * compressor.release_ms);
  const double lead_ms = 0.1 * (rise_ms + fall_ms);
  const double total_ms = lead_ms + rise_ms + fall_ms;
  const double step_ms = total_ms / 600.0;

  effects::Compressor effect;
  effect.set(compressor);
  const auto block_frames = static_cast<std::size_t>(std::max(1LL, ms_to_frames(step_ms, kRateHz)));
  effect.prepare({.rate_hz = kRateHz, .channels = 1, .max_block_frames = static_cast<int>(block_frames)});
  audio::AudioBuffer block(1, block_frames);

  Series gain{.name = "gain", .role = Role::fit};
  const double block_ms = 1000.0 * static_cast<double>(block_frames) / kRateHz;
  for (double t = 0.0; t < total_ms; t += block_ms) {
    const bool loud = t >= lead_ms && t < lead_ms + rise_ms;
    const double level_db = compressor.threshold_db + (loud ? kStepDb : -kStepDb);
    std::fill(block.channel(0).begin(), block.channel(0).end(), static_cast<float>(db_to_gain(level_db)));
    effect.process(block.view());
    gain.x.push_back(t + block_ms - lead_ms);
    gain.y.push_back(effect.gain_reduction_db());
  }
  Plot plot{
      .id = "step-response",
      .title = "Compressor: attack and release",
      .summary = fmt::format(
          "Gain when the level jumps from 10 dB under the threshold to 10 dB over it at 0 ms and back at "
          "{:.0f} ms: attack {:.2f} ms, release {:.1f} ms.",
          rise_ms, compressor.attack_ms, compressor.release_ms),
      .x = linear_axis("time, ms", -lead_ms, total_ms - lead_ms)};
  plot.series.push_back(std::move(gain));
  plot.y = axis_around("gain, dB", plot.series, 6.0);
  return plot;
}

Result<GainTrace> trace_gain(audio::BlockSource& source, const Preset& preset) {
  const int block_frames = std::max(1, source.rate_hz() / 100);
  const audio::StreamSpec spec{source.rate_hz(), source.channels(), block_frames};
  auto [head, rest] = split_before_compressor(preset);
  auto before = chain::Chain::make(head, spec);
  auto compressor = chain::Chain::make(rest, spec);
  if (!before) return tl::unexpected(before.error());
  if (!compressor) return tl::unexpected(compressor.error());

  GainTrace trace{.step_s = static_cast<double>(block_frames) / source.rate_hz()};
  audio::AudioBuffer buffer(source.channels(), static_cast<std::size_t>(block_frames));
  Joiner joiner;
  while (true) {
    const auto frames = source.read(buffer.view());
    if (!frames) return tl::unexpected(frames.error());
    if (*frames == 0) return trace;
    const audio::AudioView block = buffer.view().slice(0, *frames);
    audio::remove_non_finite(block);
    before->process(block);
    trace.input_levels.add(block_level_db(block));
    compressor->process(block);
    joiner.add(trace, static_cast<float>(compressor->gain_reduction_db()));
  }
}

Plot gain_trace_plot(const GainTrace& trace, std::string_view recording) {
  Plot plot{.id = "gain-over-time",
            .title = "Gain reduction over time",
            .summary = fmt::format("What the compressor takes away while {} plays.", recording),
            .x = linear_axis("time, s", 0.0,
                             std::max(1e-3, trace.step_s * static_cast<double>(trace.gain_db.size())))};
  Series gain{.name = "gain", .role = Role::fit, .mark = Mark::area};
  for (std::size_t i = 0; i < trace.gain_db.size(); ++i) {
    gain.x.push_back((static_cast<double>(i) + 0.5) * trace.step_s);
    gain.y.push_back(trace.gain_db[i]);
  }
  plot.series.push_back(std::move(gain));
  const Axis around = axis_around("gain, dB", plot.series, 6.0);
  plot.y = linear_axis(around.label, around.min, std::max(around.max, 0.0));
  return plot;
}

}  // namespace aapp::report

#include "analyze/fit/chain_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analyze/fit/param_range.h"
#include "common/base/units.h"
#include "common/dsp/biquad_cascade.h"
#include "common/dsp/quick_double.h"
#include "common/dsp/simd.h"
#include "common/effects/registry.h"

namespace aapp::fit {
namespace {

using dsp::BiquadCoefficients;

BiquadCoefficients<double> inverse(const BiquadCoefficients<double>& k) {
  return {1.0 / k.b0, k.a1 / k.b0, k.a2 / k.b0, k.b1 / k.b0, k.b2 / k.b0};
}

void equalise_in_place(audio::AudioBuffer& audio, const effects::EqParams& eq, int rate_hz,
                       Direction direction) {
  std::vector<BiquadCoefficients<double>> sections;
  for (const effects::EqBand& band : eq.bands) {
    if (direction == Direction::undo && !dsp::has_gain(band.type)) continue;
    const auto k = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz);
    sections.push_back(direction == Direction::apply ? k : inverse(k));
  }
  dsp::BiquadCascade cascade;
  cascade.prepare(audio.channels());
  cascade.set(sections);
  std::vector<const float*> in;
  std::vector<float*> to;
  for (int c = 0; c < audio.channels(); ++c) {
    to.push_back(audio.channel(c).data());
    in.push_back(to.back());
  }
  cascade.process(in, to, audio.frames());
}

void scale(audio::AudioBuffer& audio, double gain_db) {
  const double gain = db_to_gain(gain_db);
  for (int c = 0; c < audio.channels(); ++c) {
    for (float& sample : audio.channel(c)) sample = static_cast<float>(sample * gain);
  }
}

AAPP_KERNEL_INLINE void to_gains(std::span<const float> db, double sign, double* gains) {
  // No vector would take a library's exponential.
  using Quick = dsp::QuickDouble<dsp::MulAdd::separate>;
  for (std::size_t n = 0; n < db.size(); ++n)
    gains[n] = db_to_gain(Quick(sign * static_cast<double>(db[n]))).value;
}
// Nothing is contracted into fused multiply-adds here, so both instruction sets give the same bits.
AAPP_KERNEL_AVX2 void to_gains_avx2(std::span<const float> db, double sign, double* gains) {
  to_gains(db, sign, gains);
}
AAPP_KERNEL_BASELINE void to_gains_baseline(std::span<const float> db, double sign, double* gains) {
  to_gains(db, sign, gains);
}

// One gain on all these channels.
void put_gain(std::span<const float> gain_db, Direction direction, std::span<const int> channels,
              audio::AudioBuffer& audio) {
  static const bool avx2 = dsp::best_simd() == dsp::Simd::avx2;
  std::array<double, 256> gains;
  for (std::size_t first = 0; first < gain_db.size(); first += gains.size()) {
    const std::span<const float> db = gain_db.subspan(first, std::min(gains.size(), gain_db.size() - first));
    (avx2 ? to_gains_avx2 : to_gains_baseline)(db, direction == Direction::apply ? 1.0 : -1.0, gains.data());
    for (const int c : channels) {
      const std::span<float> samples = audio.channel(c).subspan(first, db.size());
      for (std::size_t n = 0; n < samples.size(); ++n) samples[n] = static_cast<float>(samples[n] * gains[n]);
    }
  }
}

// `driver` may be the audio itself: channels that share a gain have it before it is put on any of them.
void compress_in_place(audio::AudioBuffer& audio, const audio::AudioBuffer& driver,
                       const effects::CompressorParams& params, int rate_hz, Direction direction) {
  std::vector<int> all(static_cast<std::size_t>(audio.channels()));
  std::iota(all.begin(), all.end(), 0);
  const std::size_t together = params.stereo_link == dsp::StereoLink::none ? 1 : all.size();
  const CompressorPoint point = to_point(params);
  for (std::size_t first = 0; first < all.size(); first += together) {
    const std::span<const int> channels = std::span<const int>(all).subspan(first, together);
    const RawLevel raw = linked_level(driver, channels, params.detector, params.stereo_link);
    const LevelInput level =
        level_input(raw, params.detector, params.smoothing, params.rms_window_ms, rate_hz);
    put_gain(predict_gain_db(params, point, level, rate_hz), direction, channels, audio);
  }
}

// A level that nobody hears.
constexpr double kLeastRestDb = 0.001;

// Where a fit ends at a bound, a logarithm's rounding leads beyond it, and so does a level that is moved from
// the bands to the compressor: to what no effect takes.
void clamp_to_ranges(effects::ParamTable table, void* params) {
  for (const effects::ParamSpec& spec : table) {
    if (spec.kind == effects::ParamKind::list) {
      for (std::size_t i = 0; i < spec.list_size(params); ++i)
        clamp_to_ranges(spec.element, spec.list_at(params, i));
    } else {
      spec.set(params, std::clamp(spec.get(params), spec.min, spec.max));
    }
  }
}

}  // namespace

audio::AudioBuffer equalise(const audio::AudioBuffer& audio, const effects::EqParams& eq, int rate_hz,
                            Direction direction) {
  audio::AudioBuffer out = audio;
  equalise_in_place(out, eq, rate_hz, direction);
  return out;
}

effects::EqParams passes_of(const effects::EqParams& eq) {
  effects::EqParams passes = eq;
  passes.bands.clear();
  for (const effects::EqBand& band : eq.bands) {
    if (!dsp::has_gain(band.type)) passes.bands.push_back(band);
  }
  return passes;
}

audio::AudioBuffer compress(const audio::AudioBuffer& audio, const audio::AudioBuffer& driver,
                            const effects::CompressorParams& params, int rate_hz, Direction direction) {
  audio::AudioBuffer out = audio;
  compress_in_place(out, driver, params, rate_hz, direction);
  return out;
}

audio::AudioBuffer run_model(const ChainModel& model, audio::AudioBuffer audio, int rate_hz) {
  const bool eq_first = model.kind != ChainKind::compressor_then_eq;
  if (has_eq(model.kind) && eq_first) equalise_in_place(audio, model.eq, rate_hz, Direction::apply);
  if (has_compressor(model.kind)) {
    compress_in_place(audio, audio, model.compressor, rate_hz, Direction::apply);
  } else {
    scale(audio, model.gain_db);
  }
  if (has_eq(model.kind) && !eq_first) equalise_in_place(audio, model.eq, rate_hz, Direction::apply);
  return audio;
}

Preset to_preset(const ChainModel& model) {
  Preset preset;
  const auto add = [&](effects::AnyParams params) {
    clamp_to_ranges(effects::effect_type(params).table, effects::params_data(params));
    preset.chain.push_back({.params = params});
  };
  if (!has_compressor(model.kind) && model.kind != ChainKind::identity)
    add(effects::GainParams{.gain_db = model.gain_db});
  if (has_eq(model.kind) && model.kind != ChainKind::compressor_then_eq) add(model.eq);
  if (has_compressor(model.kind)) add(model.compressor);
  if (model.kind == ChainKind::compressor_then_eq) add(model.eq);
  // Bands that boost a lot may want more of a cut beside them than a make-up can be.
  const Range makeup_db = param_range(effects::kCompressorTable, "makeup_db");
  const double rest_db =
      model.compressor.makeup_db - std::clamp(model.compressor.makeup_db, makeup_db.low, makeup_db.high);
  if (has_compressor(model.kind) && std::abs(rest_db) > kLeastRestDb)
    add(effects::GainParams{.gain_db = rest_db});
  return preset;
}

audio::AudioBuffer cut(const audio::AudioBuffer& audio, std::size_t first, std::size_t count) {
  audio::AudioBuffer out(audio.channels(), count);
  for (int c = 0; c < audio.channels(); ++c)
    std::ranges::copy(audio.channel(c).subspan(first, count), out.channel(c).begin());
  return out;
}

}  // namespace aapp::fit

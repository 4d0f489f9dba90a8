// Parametric equaliser: up to 32 RBJ biquads in series (dsp/biquad_design.h), double state. Bands that do
// nothing (disabled, or peak and shelf at 0 dB) are left out and cost nothing.
//
// New bands fade in over the old ones: the new filter first runs unheard until it has settled, then a raised
// cosine passes from one to the other; 45 ms in all. Bands set meanwhile wait for the end of it; the newest
// win.
#pragma once

#include <array>
#include <vector>

#include "common/base/inline_vector.h"
#include "common/dsp/biquad_cascade.h"
#include "common/dsp/biquad_design.h"
#include "common/dsp/crossfade.h"
#include "common/effects/effect.h"

namespace aapp::effects {

inline constexpr std::size_t kMaxEqBands = 32;

struct EqBand {
  dsp::BandType type = dsp::BandType::peak;
  double frequency_hz = 1000.0;
  double gain_db = 0.0;
  double q = 0.7071067811865476;
  bool enabled = true;
  bool operator==(const EqBand&) const = default;
};

struct EqParams {
  InlineVector<EqBand, kMaxEqBands> bands;
  bool operator==(const EqParams&) const = default;
};

inline constexpr std::array kEqBandTable{
    choice<&EqBand::type>({.id = "type", .help = "shape of the filter", .choices = dsp::kBandTypeNames}),
    number<&EqBand::frequency_hz>(
        {.id = "frequency_hz",
         .unit = "Hz",
         .min = 10.0,
         .max = 40000.0,
         .scale = Scale::logarithmic,
         .help = "centre of a peak or shelf, corner of a pass; above 0.49 of the rate it sits there"}),
    number<&EqBand::gain_db>(
        {.id = "gain_db", .unit = "dB", .min = -40.0, .max = 40.0, .help = "gain of a peak or shelf"}),
    number<&EqBand::q>({.id = "q",
                        .min = 0.05,
                        .max = 100.0,
                        .scale = Scale::logarithmic,
                        .help = "quality, as the RBJ cookbook defines it"}),
    toggle<&EqBand::enabled>({.id = "enabled", .help = "false leaves the band out"}),
};

inline constexpr std::array kEqTable{
    list<&EqParams::bands>({.id = "bands", .help = "filters in series", .element = kEqBandTable}),
};

class Eq final : public TypedEffect<EqParams> {
 public:
  static constexpr std::string_view kId = "eq";
  static constexpr std::string_view kSummary = "parametric equaliser, up to 32 bands";
  static constexpr ParamTable kTable = kEqTable;

  void prepare(const audio::StreamSpec& spec) override;
  void set(const EqParams& params) noexcept override;
  void process(audio::AudioView block) noexcept override;
  void reset() noexcept override;
  std::int64_t tail_frames() const noexcept override;

 private:
  using Sections = InlineVector<dsp::BiquadCoefficients<double>, kMaxEqBands>;

  // A band and its filter: designing one takes as long as running it over a few hundred frames.
  struct Designed {
    EqBand band;
    dsp::BiquadCoefficients<double> section;
  };

  dsp::BiquadCoefficients<double> section_of(std::size_t band) const noexcept;
  void design() noexcept;
  void begin_change() noexcept;
  void fade(audio::AudioView block) noexcept;
  void end_change() noexcept;

  EqParams params_;
  double rate_hz_ = 0.0;                          // 0 before prepare
  InlineVector<Designed, kMaxEqBands> designed_;  // of this rate, by band
  Sections sections_;                             // those that do something
  dsp::BiquadCascade playing_, coming_;
  std::size_t settle_frames_ = 0, settle_left_ = 0;  // while > 0 the coming filter runs unheard
  dsp::Crossfade fade_;
  bool changing_ = false;
  bool changed_ = false;  // params_ are not yet those of the newest filter
  bool fresh_ = true;     // no audio since prepare or reset: new bands hold at once
  audio::AudioBuffer scratch_;
};

}  // namespace aapp::effects

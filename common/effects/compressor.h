// Feed-forward compressor with a quadratic soft knee and a topology that is part of its parameters, so that
// the fit can choose the one that a recording was made with.
//
// Signal path, per frame, in double (the formulas stand in dsp/compressor_model.h):
//   detect   peak: |x|; rms, rms_box: x^2
//   link     max or mean of the channels' |x| (rms: of their x^2), that of their mean (mid), or each channel
//   alone average  rms: one-pole of rms_window_ms over the linked x^2; rms_box: its plain mean over
//   rms_window_ms,
//            rounded to frames; the level is the root
//   smooth   in the domain named by `smoothing` (below), by `ballistics` with attack_ms and release_ms
//   curve    dsp/gain_curve.h: gain in dB for a level in dB
//   apply    y = x * (mix * gain(makeup_db + curve) + 1 - mix)
//
// smoothing  gain_db: the curve first, then its output in dB is smoothed (Giannoulis et al. 2012, "log
// domain")
//            level_db | level_linear | level_power: the level is smoothed as such, the curve after
// ballistics branching: one one-pole, attack_ms while compression grows, release_ms while it falls
//            decoupled: a peak detector with release_ms, then a one-pole with attack_ms, which lengthens
//            release
// Times are one-pole time constants: 1 - 1/e of a step (units.h, time_constant_to_pole).
// Levels below -120 dB count as -120 dB. It starts fully released.
#pragma once

#include <array>
#include <string_view>

#include "common/dsp/compressor_model.h"
#include "common/dsp/crossfade.h"
#include "common/dsp/gain_computer.h"
#include "common/dsp/simd.h"
#include "common/dsp/smoother.h"
#include "common/effects/effect.h"

namespace aapp::effects {

using dsp::Ballistics;
using dsp::Detector;
using dsp::Smoothing;
using dsp::StereoLink;

struct CompressorParams {
  double threshold_db = -24.0;
  double ratio = 4.0;
  double knee_db = 6.0;
  double attack_ms = 5.0;
  double release_ms = 80.0;
  double makeup_db = 0.0;
  Detector detector = Detector::peak;
  double rms_window_ms = 10.0;
  Smoothing smoothing = Smoothing::gain_db;
  Ballistics ballistics = Ballistics::branching;
  StereoLink stereo_link = StereoLink::max;
  double mix = 1.0;
  bool operator==(const CompressorParams&) const = default;
};

inline constexpr std::array kCompressorTable{
    number<&CompressorParams::threshold_db>({.id = "threshold_db",
                                             .unit = "dB",
                                             .min = -80.0,
                                             .max = 20.0,
                                             .help = "level at which compression starts"}),
    number<&CompressorParams::ratio>({.id = "ratio",
                                      .min = 1.0,
                                      .max = 20.0,
                                      .scale = Scale::logarithmic,
                                      .help = "dB of input over the threshold per dB of output"}),
    number<&CompressorParams::knee_db>({.id = "knee_db",
                                        .unit = "dB",
                                        .min = 0.0,
                                        .max = 40.0,
                                        .help = "width of the soft knee round the threshold"}),
    number<&CompressorParams::attack_ms>({.id = "attack_ms",
                                          .unit = "ms",
                                          .min = 0.01,
                                          .max = 1000.0,
                                          .scale = Scale::logarithmic,
                                          .help = "time constant while compression grows"}),
    number<&CompressorParams::release_ms>({.id = "release_ms",
                                           .unit = "ms",
                                           .min = 0.1,
                                           .max = 10000.0,
                                           .scale = Scale::logarithmic,
                                           .help = "time constant while compression falls"}),
    number<&CompressorParams::makeup_db>(
        {.id = "makeup_db", .unit = "dB", .min = -40.0, .max = 60.0, .help = "gain after compression"}),
    choice<&CompressorParams::detector>(
        {.id = "detector", .help = "what is taken as the level", .choices = dsp::kDetectorNames}),
    number<&CompressorParams::rms_window_ms>(
        {.id = "rms_window_ms",
         .unit = "ms",
         .min = 0.1,
         .max = 500.0,
         .scale = Scale::logarithmic,
         .help = "time constant (rms) or length (rms_box) of the averaging"}),
    choice<&CompressorParams::smoothing>(
        {.id = "smoothing", .help = "where attack and release act", .choices = dsp::kSmoothingNames}),
    choice<&CompressorParams::ballistics>(
        {.id = "ballistics", .help = "how attack and release meet", .choices = dsp::kBallisticsNames}),
    choice<&CompressorParams::stereo_link>(
        {.id = "stereo_link", .help = "how channels share one gain", .choices = dsp::kStereoLinkNames}),
    number<&CompressorParams::mix>({.id = "mix",
                                    .min = 0.0,
                                    .max = 1.0,
                                    .help = "share of the compressed signal (parallel compression)"}),
};

// Make-up and mix glide (dsp/smoother.h). Any other change is played by a second gain computer that goes on
// from the state of the first; their gains in dB cross over in 20 ms. Changes during that wait for its end;
// the newest win.
class Compressor final : public TypedEffect<CompressorParams> {
 public:
  static constexpr std::string_view kId = "compressor";
  static constexpr std::string_view kSummary =
      "feed-forward compressor with soft knee and selectable topology";
  static constexpr ParamTable kTable = kCompressorTable;

  void prepare(const audio::StreamSpec& spec) override;
  void set(const CompressorParams& params) noexcept override;
  void process(audio::AudioView block) noexcept override;
  void reset() noexcept override;
  // The curve's gain in dB, without make-up and mix; of the channel that is turned down most.
  double gain_reduction_db() const noexcept override { return gain_reduction_db_; }

 private:
  using Chunk = std::array<double, dsp::GainComputer::kChunkFrames>;

  dsp::GainComputerSetup setup() const noexcept;
  void play(audio::AudioView chunk) noexcept;

  CompressorParams params_;
  double rate_hz_ = 0.0;           // 0 before prepare
  dsp::GainComputerSetup wanted_;  // what params_ come to at this rate
  dsp::GainComputer playing_, coming_;
  dsp::Crossfade fade_;
  dsp::Smoother makeup_db_, mix_;
  bool fresh_ = true;  // no audio since prepare or reset: new values hold at once
  double gain_reduction_db_ = 0.0;
  dsp::Simd simd_ = dsp::best_simd();
};

}  // namespace aapp::effects

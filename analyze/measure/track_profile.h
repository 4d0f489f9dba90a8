// The track profile: everything aapp knows about how a recording sounds, measured in one pass over it. It is
// what fits match, `measure` prints and reports draw; it does not hold the sound itself.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analyze/measure/envelope_stats.h"
#include "analyze/measure/loudness.h"
#include "analyze/measure/ltas.h"
#include "analyze/measure/spectral_shape.h"
#include "common/audio/block_source.h"
#include "common/audio/pump.h"
#include "common/base/error.h"

namespace aapp::measure {

struct MeasureOptions {
  TruePeak true_peak = TruePeak::skip;  // costs as much as all the rest
  // Called now and then with the frames read so far; returning false stops with ErrorCode::interrupted.
  std::function<bool(std::int64_t frames_done)> progress;
};

struct TrackProfile {
  std::string name;  // the file's path, or what the caller calls it
  int rate_hz = 0;
  int channels = 0;
  std::int64_t frames = 0;
  std::int64_t non_finite_samples = 0;  // found and taken as 0
  Ltas ltas;
  EnvelopeStats envelope;
  Loudness loudness;
  SpectralShape shape;

  double duration_s() const { return rate_hz > 0 ? static_cast<double>(frames) / rate_hz : 0.0; }
  bool silent() const { return envelope.peak == 0.0; }
  bool operator==(const TrackProfile&) const = default;
};

// All measures at once, for audio that arrives in blocks. The result is bit-identical however the blocks are
// cut.
class TrackProfiler : public audio::BlockVisitor {
 public:
  // rate_hz and channels within the limits of stream_spec.h.
  TrackProfiler(int rate_hz, int channels, TruePeak true_peak = TruePeak::skip);
  void visit(audio::ConstAudioView block) override;  // finite samples
  // Once, after the last block.
  TrackProfile finish();

 private:
  void measure_held();

  TrackProfile profile_;
  audio::AudioBuffer held_;  // blocks of one fixed size, so that sums are formed in the same order always
  std::size_t filled_ = 0;
  LtasMeter ltas_;
  EnvelopeMeter envelope_;
  LoudnessMeter loudness_;
};

// Reads the source to its end. Recordings of no or few frames give a profile whose measures are absent, not
// an error.
Result<TrackProfile> measure_source(audio::BlockSource& source, const MeasureOptions& options = {});
Result<TrackProfile> measure_file(const std::string& path, const MeasureOptions& options = {});
// Sound in memory; samples must be finite.
TrackProfile measure_audio(const audio::AudioBuffer& samples, int rate_hz,
                           TruePeak true_peak = TruePeak::skip);

// One profile that stands for several references. Spectra are averaged as powers after each is brought to the
// same total power, levels are in dB averages, distributions are mixed around the common level; every weight
// must be > 0. The densities lie on the grid of the finest profile; where one ends (lower rate), the others
// go on alone. Requires profiles.size() == weights.size() >= 1. One profile comes back as it is.
TrackProfile weighted_average(std::span<const TrackProfile> profiles, std::span<const double> weights);

}  // namespace aapp::measure

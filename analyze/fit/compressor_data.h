// A dry and a wet excerpt as the compressor fit wants them: aligned audio, the lanes that share a gain for
// each kind of stereo link, and the linked levels that hold no fitted parameter. Built once; afterwards only
// read, by any number of threads.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analyze/fit/gain_trajectory.h"
#include "analyze/fit/level_input.h"

namespace aapp::fit {

struct PairExcerpt {
  int rate_hz = 48000;
  audio::AudioBuffer dry, wet;     // aligned, as many channels and frames each
  audio::AudioBuffer filtered{};   // what the gain is compared on, if that is not what drives it: else empty
  std::size_t warm_up_frames = 0;  // at the start: they set the compressor's state, but are not compared
  bool from_start = false;         // they are the start of the recording
};

// One gain over time, and what drives it.
struct CompressorLane {
  GainLane gain;
  RawLevel peak, rms;  // linked; rms holds powers
};

class CompressorData {
 public:
  // `links`: those that lanes() will be asked for. Holds about 12 bytes per frame and link beside the
  // excerpt's levels; the excerpt itself is not kept.
  CompressorData(const PairExcerpt& excerpt, std::span<const dsp::StereoLink> links);

  int rate_hz() const { return rate_hz_; }
  int channels() const { return channels_; }
  // Blocks at the start of every lane that are not compared.
  std::size_t warm_up_blocks() const { return warm_up_blocks_; }
  // Level that loud audio reaches: the 95th percentile of the blocks' energies, in dB.
  double loud_db() const { return loud_db_; }
  // All channels in one lane, or one lane per channel for StereoLink::none. A mono recording has one lane
  // whatever the link.
  const std::vector<CompressorLane>& lanes(dsp::StereoLink link) const;

 private:
  int rate_hz_, channels_;
  std::size_t warm_up_blocks_;
  double loud_db_ = 0.0;
  std::array<std::vector<CompressorLane>, dsp::kStereoLinkNames.size()> lanes_;
};

// The lane's level for a topology, at this window.
LevelInput lane_input(const CompressorLane& lane, const effects::CompressorParams& topology, double window_ms,
                      double rate_hz);

}  // namespace aapp::fit

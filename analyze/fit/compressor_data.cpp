#include "analyze/fit/compressor_data.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "common/base/units.h"

namespace aapp::fit {
namespace {

CompressorLane make_lane(const PairExcerpt& excerpt, std::span<const int> channels, dsp::StereoLink link) {
  const audio::AudioBuffer& gained = excerpt.filtered.frames() > 0 ? excerpt.filtered : excerpt.dry;
  return {.gain = make_gain_lane(gained, excerpt.wet, channels, excerpt.rate_hz),
          .peak = linked_level(excerpt.dry, channels, dsp::Detector::peak, link),
          .rms = linked_level(excerpt.dry, channels, dsp::Detector::rms, link)};
}

double loud_level_db(const std::vector<CompressorLane>& lanes) {
  std::vector<double> energy;
  for (const CompressorLane& lane : lanes) {
    for (const double xx : lane.gain.xx) {
      if (xx > 0.0) energy.push_back(xx / static_cast<double>(lane.gain.block_samples));
    }
  }
  if (energy.empty()) return 0.0;
  const auto at = energy.begin() + static_cast<std::ptrdiff_t>(energy.size() * 95 / 100);
  std::nth_element(energy.begin(), at, energy.end());
  return power_to_db(*at);
}

}  // namespace

CompressorData::CompressorData(const PairExcerpt& excerpt, std::span<const dsp::StereoLink> links)
    : rate_hz_(excerpt.rate_hz),
      channels_(excerpt.dry.channels()),
      warm_up_blocks_(excerpt.warm_up_frames / gain_block_frames(excerpt.rate_hz)) {
  std::vector<int> all(static_cast<std::size_t>(channels_));
  std::iota(all.begin(), all.end(), 0);
  for (const dsp::StereoLink link : links) {
    std::vector<CompressorLane>& lanes = lanes_[static_cast<std::size_t>(link)];
    if (!lanes.empty()) continue;
    if (link == dsp::StereoLink::none) {
      for (const int c : all) lanes.push_back(make_lane(excerpt, std::span(&c, 1), link));
    } else {
      lanes.push_back(make_lane(excerpt, all, link));
    }
  }
  if (!links.empty()) loud_db_ = loud_level_db(lanes_[static_cast<std::size_t>(links.front())]);
}

const std::vector<CompressorLane>& CompressorData::lanes(dsp::StereoLink link) const {
  const std::vector<CompressorLane>& lanes = lanes_[static_cast<std::size_t>(link)];
  assert(!lanes.empty());
  return lanes;
}

LevelInput lane_input(const CompressorLane& lane, const effects::CompressorParams& topology, double window_ms,
                      double rate_hz) {
  const RawLevel& raw = topology.detector == dsp::Detector::peak ? lane.peak : lane.rms;
  return level_input(raw, topology.detector, topology.smoothing, window_ms, rate_hz);
}

}  // namespace aapp::fit

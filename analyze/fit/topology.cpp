#include "analyze/fit/topology.h"

#include <fmt/format.h>

#include <array>

namespace aapp::fit {
namespace {

using dsp::Ballistics;
using dsp::Detector;
using dsp::Smoothing;
using dsp::StereoLink;

// Stereo recordings whose channels differ by less than this share of energy have nothing to link.
constexpr double kSameChannels = 1e-7;

bool same_channels(const audio::AudioBuffer& audio) {
  double difference = 0.0, energy = 0.0;
  const auto first = audio.channel(0);
  for (int c = 1; c < audio.channels(); ++c) {
    const auto other = audio.channel(c);
    for (std::size_t n = 0; n < first.size(); ++n) {
      const double d = static_cast<double>(first[n]) - other[n];
      difference += d * d;
      energy += static_cast<double>(first[n]) * first[n];
    }
  }
  return difference <= kSameChannels * energy;
}

}  // namespace

std::vector<effects::CompressorParams> all_topologies(StereoLink link) {
  std::vector<effects::CompressorParams> all;
  for (const Detector detector : {Detector::peak, Detector::rms, Detector::rms_box}) {
    for (const Smoothing smoothing :
         {Smoothing::gain_db, Smoothing::level_db, Smoothing::level_linear, Smoothing::level_power}) {
      for (const Ballistics ballistics : {Ballistics::branching, Ballistics::decoupled}) {
        effects::CompressorParams params;
        params.detector = detector;
        params.smoothing = smoothing;
        params.ballistics = ballistics;
        params.stereo_link = link;
        all.push_back(params);
      }
    }
  }
  return all;
}

bool same_topology(const effects::CompressorParams& a, const effects::CompressorParams& b) {
  return a.detector == b.detector && a.smoothing == b.smoothing && a.ballistics == b.ballistics &&
         a.stereo_link == b.stereo_link;
}

std::vector<StereoLink> possible_links(const audio::AudioBuffer& dry) {
  if (dry.channels() == 1 || same_channels(dry)) return {StereoLink::max};
  return {StereoLink::max, StereoLink::mean, StereoLink::none, StereoLink::mid};
}

std::string topology_text(const effects::CompressorParams& params, int channels) {
  constexpr std::array<std::string_view, 3> kDetectors{"peak detector", "RMS detector",
                                                       "RMS detector with a box window"};
  constexpr std::array<std::string_view, 4> kSmoothings{"gain smoothed in dB", "level smoothed in dB",
                                                        "level smoothed as amplitude",
                                                        "level smoothed as power"};
  std::string text = fmt::format("{}, {}, {}", kDetectors[static_cast<std::size_t>(params.detector)],
                                 kSmoothings[static_cast<std::size_t>(params.smoothing)],
                                 dsp::kBallisticsNames[static_cast<std::size_t>(params.ballistics)]);
  if (channels > 1) {
    text += params.stereo_link == StereoLink::none
                ? ", each channel by itself"
                : fmt::format(", channels linked by {}",
                              dsp::kStereoLinkNames[static_cast<std::size_t>(params.stereo_link)]);
  }
  return text;
}

}  // namespace aapp::fit

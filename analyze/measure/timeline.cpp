#include "analyze/measure/timeline.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/measure/band_grid.h"
#include "analyze/measure/loudness.h"

namespace aapp::measure {
namespace {

constexpr double kHopMs = 10.0;
constexpr std::size_t kFramesPerHop = 4;  // length of a spectrum in hops: 75 % overlap
// The flux is taken over bands of a quarter tone, single bins where those are narrower (Boeck & Widmer,
// "Maximum filter vibrato suppression for onset detection", 2013). Magnitudes m enter it as
// log(1 + kCompression m): an onset in the treble counts beside one in the bass.
constexpr std::size_t kBinsPerQuarterTone = 35;  // from this bin on a quarter tone is wider than a bin
constexpr float kCompression = 1000.0F;
// Dixon's peak picking, in hops of 10 ms: a maximum within +-3, above the mean of 10 before to 3 after plus a
// margin.
constexpr std::size_t kNeighbours = 3;
constexpr std::size_t kMeanBefore = 10;
constexpr double kMarginOfRange = 0.05;  // of the largest flux

std::size_t hop_frames(double rate_hz) {
  return std::max<std::size_t>(16, static_cast<std::size_t>(ms_to_frames(kHopMs, rate_hz)));
}

// One past the last bin of each band; the first begins at bin 1.
std::vector<std::size_t> flux_bands(std::size_t bins) {
  std::vector<std::size_t> ends;
  for (std::size_t bin = 1; bin < bins;) {
    bin = std::min(bins, bin + std::max<std::size_t>(1, bin / kBinsPerQuarterTone));
    ends.push_back(bin);
  }
  return ends;
}

}  // namespace

TimelineMeter::TimelineMeter(int channels, double rate_hz)
    : rate_hz_(rate_hz),
      stft_({.size = kFramesPerHop * hop_frames(rate_hz), .hop = hop_frames(rate_hz)}),
      loudness_(channels, rate_hz),
      band_end_(flux_bands(stft_.bins())),
      previous_magnitude_(band_end_.size(), 0.0F),
      held_power_(static_cast<std::size_t>(channels), 0.0) {}

void TimelineMeter::visit(audio::ConstAudioView block) {
  loudness_.push(block);
  mono_.assign(block.frames(), 0.0F);
  const float share = 1.0F / static_cast<float>(block.channels());
  for (int c = 0; c < block.channels(); ++c) {
    const float* in = block.channel(c).data();
    for (std::size_t i = 0; i < block.frames(); ++i) mono_[i] += share * in[i];
  }
  const std::size_t hop = stft_.size() / kFramesPerHop;
  for (std::size_t first = 0; first < block.frames();) {
    const std::size_t part = std::min(block.frames() - first, hop - held_);
    add_level(block.slice(first, part));
    first += part;
  }
  stft_.push(std::span<const float>(mono_), [this](auto spectrum) { add_spectrum(spectrum); });
}

// Peak and power of a part of one hop. One sum for each channel, in the order of frames, so that how the
// sound is cut into blocks changes no bit.
void TimelineMeter::add_level(const audio::ConstAudioView& part) {
  for (int c = 0; c < part.channels(); ++c) {
    double& power = held_power_[static_cast<std::size_t>(c)];
    for (const float x : part.channel(c)) {
      held_peak_ = std::max(held_peak_, std::abs(x));
      power += static_cast<double>(x) * x;
    }
  }
  held_ += part.frames();
  const std::size_t hop = stft_.size() / kFramesPerHop;
  if (held_ < hop) return;
  double power = 0.0;
  for (double& held : held_power_) power += std::exchange(held, 0.0);
  power /= static_cast<double>(hop * held_power_.size());
  hops_.push_back({.peak = held_peak_, .power = static_cast<float>(power)});
  held_ = 0;
  held_peak_ = 0.0F;
}

// A spectrum covers four hops and counts for the last: that is where an onset that makes it rise began.
void TimelineMeter::add_spectrum(std::span<const std::complex<double>> spectrum) {
  const std::size_t hop = spectra_++ + kFramesPerHop - 1;
  const double bin_hz = rate_hz_ / static_cast<double>(stft_.size());
  const double scale = 2.0 / static_cast<double>(stft_.size());
  // Pictures need no more than single precision.
  float power = 0.0F, moment = 0.0F, flux = 0.0F;
  std::size_t k = 1;
  for (std::size_t band = 0; band < band_end_.size(); ++band) {
    float band_power = 0.0F;
    for (; k < band_end_[band]; ++k) {
      const double re = scale * spectrum[k].real(), im = scale * spectrum[k].imag();
      const auto bin_power = static_cast<float>(re * re + im * im);
      band_power += bin_power;
      moment += bin_power * static_cast<float>(k);
    }
    power += band_power;
    const float compressed = std::log(1.0F + kCompression * std::sqrt(band_power));
    flux += std::max(0.0F, compressed - previous_magnitude_[band]);
    previous_magnitude_[band] = compressed;
  }
  if (hop >= hops_.size()) return;
  hops_[hop].spectral_power = power;
  hops_[hop].centroid_hz = power > 0.0F ? static_cast<float>(bin_hz) * moment / power : 0.0F;
  hops_[hop].flux = flux;
}

std::vector<std::size_t> TimelineMeter::find_onsets() const {
  float largest = 0.0F;
  for (const Hop& hop : hops_) largest = std::max(largest, hop.flux);
  std::vector<std::size_t> onsets;
  for (std::size_t i = 0; i < hops_.size(); ++i) {
    const std::size_t end = std::min(hops_.size(), i + kNeighbours + 1);
    bool highest = hops_[i].flux > 0.0F;
    for (std::size_t j = i - std::min(i, kNeighbours); j < end; ++j)
      highest = highest && hops_[j].flux <= hops_[i].flux;
    double mean = 0.0;
    const std::size_t first = i - std::min(i, kMeanBefore);
    for (std::size_t j = first; j < end; ++j) mean += hops_[j].flux;
    mean /= static_cast<double>(end - first);
    if (highest && hops_[i].flux >= mean + kMarginOfRange * static_cast<double>(largest)) onsets.push_back(i);
  }
  return onsets;
}

std::vector<float> TimelineMeter::event_centroids(const std::vector<std::size_t>& onsets) const {
  std::vector<float> centroids(hops_.size(), 0.0F);
  for (std::size_t event = 0; event <= onsets.size(); ++event) {
    const std::size_t first = event == 0 ? 0 : onsets[event - 1];
    const std::size_t end = event < onsets.size() ? onsets[event] : hops_.size();
    double moment = 0.0, power = 0.0;
    for (std::size_t i = first; i < end; ++i) {
      moment += static_cast<double>(hops_[i].centroid_hz) * hops_[i].spectral_power;
      power += hops_[i].spectral_power;
    }
    const float centroid = power > 0.0 ? static_cast<float>(moment / power) : 0.0F;
    std::fill(centroids.begin() + static_cast<std::ptrdiff_t>(first),
              centroids.begin() + static_cast<std::ptrdiff_t>(end), centroid);
  }
  return centroids;
}

Timeline TimelineMeter::finish() {
  stft_.finish([this](auto spectrum) { add_spectrum(spectrum); });
  const std::vector<std::size_t> onsets = find_onsets();
  const std::vector<float> centroids = event_centroids(onsets);
  const std::size_t joined = std::max<std::size_t>(1, (hops_.size() + kTimelineSteps - 1) / kTimelineSteps);
  const double hop_s = static_cast<double>(stft_.size() / kFramesPerHop) / rate_hz_;

  Timeline timeline{.step_s = hop_s * static_cast<double>(joined),
                    .loudness_step_s = kLoudnessStepMs / 1000.0,
                    .short_term_lufs = short_term_lufs(loudness_.powers())};
  for (std::size_t first = 0; first < hops_.size(); first += joined) {
    const std::size_t end = std::min(hops_.size(), first + joined);
    float peak = 0.0F;
    double power = 0.0;
    for (std::size_t i = first; i < end; ++i) {
      peak = std::max(peak, hops_[i].peak);
      power += hops_[i].power;
    }
    timeline.peak.push_back(peak);
    timeline.rms.push_back(static_cast<float>(std::sqrt(power / static_cast<double>(end - first))));
    timeline.centroid_hz.push_back(peak > 0.0F ? centroids[first] : 0.0F);
  }
  for (const std::size_t hop : onsets) timeline.onsets_s.push_back(static_cast<double>(hop) * hop_s);
  return timeline;
}

}  // namespace aapp::measure

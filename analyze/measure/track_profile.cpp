#include "analyze/measure/track_profile.h"

#include <algorithm>

namespace aapp::measure {

namespace {
constexpr std::size_t kHeldFrames = 4096;
}

TrackProfiler::TrackProfiler(int rate_hz, int channels, TruePeak true_peak)
    : held_(channels, kHeldFrames),
      ltas_(channels, rate_hz),
      envelope_(channels, rate_hz),
      loudness_(channels, rate_hz, true_peak) {
  profile_.rate_hz = rate_hz;
  profile_.channels = channels;
}

void TrackProfiler::visit(audio::ConstAudioView block) {
  for (std::size_t done = 0; done < block.frames();) {
    const std::size_t count = std::min(block.frames() - done, kHeldFrames - filled_);
    for (int c = 0; c < held_.channels(); ++c) {
      std::copy_n(block.channel(c).data() + done, count, held_.channel(c).data() + filled_);
    }
    filled_ += count;
    done += count;
    if (filled_ == kHeldFrames) measure_held();
  }
  profile_.frames += static_cast<std::int64_t>(block.frames());
}

void TrackProfiler::measure_held() {
  const audio::ConstAudioView block = audio::ConstAudioView(held_.view()).slice(0, filled_);
  ltas_.push(block);
  envelope_.push(block);
  loudness_.push(block);
  filled_ = 0;
}

TrackProfile TrackProfiler::finish() {
  if (filled_ > 0) measure_held();
  profile_.ltas = ltas_.finish();
  profile_.envelope = envelope_.finish();
  profile_.loudness = loudness_.finish();
  profile_.shape = spectral_shape(profile_.ltas.mean, profile_.ltas.bin_hz);
  return std::move(profile_);
}

TrackProfile measure_audio(const audio::AudioBuffer& samples, int rate_hz, TruePeak true_peak) {
  TrackProfiler profiler(rate_hz, samples.channels(), true_peak);
  profiler.visit(samples.view());
  return profiler.finish();
}

}  // namespace aapp::measure

#include "play/batch/channel_mix.h"

#include <algorithm>

#include "common/audio/pump.h"

namespace aapp::play {

Result<std::unique_ptr<ChannelMix>> ChannelMix::create(std::unique_ptr<audio::BlockSource> source,
                                                       int channels) {
  if (channels < 1 || channels > audio::kMaxChannels) {
    return fail(ErrorCode::usage, "--channels is {}; must be 1 to {}", channels, audio::kMaxChannels);
  }
  if (channels != 1 && source->channels() != 1) {
    return fail(ErrorCode::usage,
                "{} channels cannot become {}; only one channel can be spread, or all mixed to 1",
                source->channels(), channels);
  }
  return std::unique_ptr<ChannelMix>(new ChannelMix(std::move(source), channels));
}

Result<std::size_t> ChannelMix::read(audio::AudioView out) {
  if (block_.frames() < out.frames()) block_.resize(source_->channels(), out.frames());
  Result<std::size_t> got = source_->read(block_.view().slice(0, out.frames()));
  if (!got) return got;
  const audio::AudioView in = block_.view().slice(0, *got);
  non_finite_samples_ += audio::remove_non_finite(in);
  for (std::size_t i = 0; i < *got; ++i) {
    double sum = 0.0;
    for (int c = 0; c < in.channels(); ++c) sum += in.channel(c)[i];
    out.channel(0)[i] = static_cast<float>(sum / in.channels());
  }
  for (int c = 1; c < channels_; ++c) std::ranges::copy(out.channel(0).first(*got), out.channel(c).begin());
  return got;
}

}  // namespace aapp::play

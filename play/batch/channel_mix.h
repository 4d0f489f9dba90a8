// Another number of channels, as a stream: to one channel the mean of all, from one channel copies. Anything
// else has no obvious meaning and is refused.
#pragma once

#include <memory>

#include "common/audio/block_source.h"

namespace aapp::play {

class ChannelMix final : public audio::BlockSource {
 public:
  // ErrorCode::usage where neither side is one channel.
  static Result<std::unique_ptr<ChannelMix>> create(std::unique_ptr<audio::BlockSource> source, int channels);

  int rate_hz() const override { return source_->rate_hz(); }
  int channels() const override { return channels_; }
  std::optional<std::int64_t> total_frames() const override { return source_->total_frames(); }
  Result<std::size_t> read(audio::AudioView out) override;
  // Found in the source and taken as 0, so that one bad channel does not spoil the mean.
  std::int64_t non_finite_samples() const { return non_finite_samples_; }

 private:
  ChannelMix(std::unique_ptr<audio::BlockSource> source, int channels)
      : source_(std::move(source)), channels_(channels) {}

  std::unique_ptr<audio::BlockSource> source_;
  int channels_;
  audio::AudioBuffer block_;
  std::int64_t non_finite_samples_ = 0;
};

}  // namespace aapp::play

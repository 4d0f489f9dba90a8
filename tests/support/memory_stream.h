// A BlockSource over samples in memory that hands out at most `grain` frames a call, as pipes do, and a
// BlockSink that keeps what it gets.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "common/audio/block_source.h"

namespace aapp::test {

class MemorySource : public audio::BlockSource {
 public:
  MemorySource(audio::AudioBuffer samples, int rate_hz,
               std::size_t grain = std::numeric_limits<std::size_t>::max())
      : samples_(std::move(samples)), rate_hz_(rate_hz), grain_(grain) {}

  int rate_hz() const override { return rate_hz_; }
  int channels() const override { return samples_.channels(); }
  std::optional<std::int64_t> total_frames() const override {
    return static_cast<std::int64_t>(samples_.frames());
  }
  Result<std::size_t> read(audio::AudioView out) override {
    const std::size_t count = std::min({out.frames(), grain_, samples_.frames() - at_});
    for (int c = 0; c < channels(); ++c) {
      std::ranges::copy(samples_.channel(c).subspan(at_, count), out.channel(c).begin());
    }
    at_ += count;
    return count;
  }

 private:
  audio::AudioBuffer samples_;
  int rate_hz_;
  std::size_t grain_, at_ = 0;
};

// Everything a source has, read in blocks of `block` frames.
inline Result<audio::AudioBuffer> read_all(audio::BlockSource& source, std::size_t block = 1000) {
  std::vector<std::vector<float>> columns(static_cast<std::size_t>(source.channels()));
  audio::AudioBuffer part(source.channels(), block);
  for (;;) {
    const Result<std::size_t> got = source.read(part.view());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    for (int c = 0; c < source.channels(); ++c) {
      const auto samples = part.channel(c).first(*got);
      columns[static_cast<std::size_t>(c)].insert(columns[static_cast<std::size_t>(c)].end(), samples.begin(),
                                                  samples.end());
    }
  }
  audio::AudioBuffer whole(source.channels(), columns[0].size());
  for (int c = 0; c < source.channels(); ++c) {
    std::ranges::copy(columns[static_cast<std::size_t>(c)], whole.channel(c).begin());
  }
  return whole;
}

}  // namespace aapp::test

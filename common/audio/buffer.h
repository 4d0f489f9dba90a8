// Planar float32 audio. AudioBuffer owns its samples; AudioView points at somebody's. 0 dBFS = 1.0. A frame
// is one sample of every channel.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "common/audio/stream_spec.h"

namespace aapp::audio {

// A block of channels x frames that somebody else owns. Cheap to copy; never allocates. Valid as long as the
// owner's samples are. Sample is float, or const float where the block is only read.
template <class Sample>
class BasicAudioView {
 public:
  BasicAudioView() = default;
  // `channels` points at one pointer per channel. Requires channel_count <= kMaxChannels.
  BasicAudioView(Sample* const* channels, int channel_count, std::size_t frames)
      : channel_count_(channel_count), frames_(frames) {
    assert(channel_count >= 0 && channel_count <= kMaxChannels);
    std::copy_n(channels, channel_count, channels_.begin());
  }
  // Of the room for 64 pointers only those in use are copied: blocks are short, and views many.
  BasicAudioView(const BasicAudioView& other)
      : BasicAudioView(other.channels_.data(), other.channel_count_, other.frames_) {}
  BasicAudioView& operator=(const BasicAudioView& other) {
    channel_count_ = other.channel_count_;
    frames_ = other.frames_;
    std::copy_n(other.channels_.begin(), channel_count_, channels_.begin());
    return *this;
  }
  // A writable block may always be read.
  template <class Other>
  requires(std::is_const_v<Sample> && !std::is_const_v<Other>)
      BasicAudioView(const BasicAudioView<Other>& other)
      : channel_count_(other.channels()), frames_(other.frames()) {
    for (int c = 0; c < channel_count_; ++c) channels_[static_cast<std::size_t>(c)] = other.channel(c).data();
  }

  int channels() const { return channel_count_; }
  std::size_t frames() const { return frames_; }
  std::span<Sample> channel(int c) const {
    assert(c >= 0 && c < channel_count_);
    return {channels_[static_cast<std::size_t>(c)], frames_};
  }
  // The frames [first, first + count) of this block.
  BasicAudioView slice(std::size_t first, std::size_t count) const {
    assert(first + count <= frames_);
    BasicAudioView part = *this;
    for (int c = 0; c < channel_count_; ++c) part.channels_[static_cast<std::size_t>(c)] += first;
    part.frames_ = count;
    return part;
  }

 private:
  std::array<Sample*, kMaxChannels> channels_;  // the first channel_count_
  int channel_count_ = 0;
  std::size_t frames_ = 0;
};

using AudioView = BasicAudioView<float>;
using ConstAudioView = BasicAudioView<const float>;

// Requires the same channels and frames of both.
inline void copy(ConstAudioView from, AudioView to) noexcept {
  for (int c = 0; c < from.channels(); ++c) std::ranges::copy(from.channel(c), to.channel(c).begin());
}

// Owns channels x frames of silence at construction. Allocates there and in resize only.
class AudioBuffer {
 public:
  AudioBuffer() = default;
  AudioBuffer(int channels, std::size_t frames) { resize(channels, frames); }

  // Afterwards every sample is 0.
  void resize(int channels, std::size_t frames) {
    assert(channels >= 0 && channels <= kMaxChannels);
    channel_count_ = channels;
    frames_ = frames;
    stride_ = stride_for(frames);
    samples_.assign(static_cast<std::size_t>(channels) * stride_, 0.0F);
  }

  int channels() const { return channel_count_; }
  std::size_t frames() const { return frames_; }
  std::span<float> channel(int c) {
    return {samples_.data() + static_cast<std::size_t>(c) * stride_, frames_};
  }
  std::span<const float> channel(int c) const {
    return {samples_.data() + static_cast<std::size_t>(c) * stride_, frames_};
  }
  AudioView view() {
    std::array<float*, kMaxChannels> pointers;
    for (int c = 0; c < channel_count_; ++c) pointers[static_cast<std::size_t>(c)] = channel(c).data();
    return {pointers.data(), channel_count_, frames_};
  }
  ConstAudioView view() const {
    std::array<const float*, kMaxChannels> pointers;
    for (int c = 0; c < channel_count_; ++c) pointers[static_cast<std::size_t>(c)] = channel(c).data();
    return {pointers.data(), channel_count_, frames_};
  }

  bool operator==(const AudioBuffer&) const = default;

 private:
  // Channels begin an odd number of cache lines apart: with a power of two, as blocks have, a frame's samples
  // of all channels would share few sets of the cache and drive each other out.
  static constexpr std::size_t kLineSamples = 64 / sizeof(float);
  static constexpr std::size_t stride_for(std::size_t frames) {
    return ((frames + kLineSamples - 1) / kLineSamples | 1U) * kLineSamples;
  }

  std::vector<float> samples_;
  int channel_count_ = 0;
  std::size_t frames_ = 0;
  std::size_t stride_ = 0;  // from one channel to the next; what lies between stays 0
};

}  // namespace aapp::audio

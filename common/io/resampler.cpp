#include "common/io/resampler.h"

#include <samplerate.h>

#include <algorithm>
#include <vector>

#include "common/audio/interleave.h"
#include "common/audio/pump.h"
#include "common/audio/stream_spec.h"

namespace aapp::io {
namespace {

using audio::AudioBuffer;
using audio::AudioView;

constexpr std::size_t kBlockSamples = 16384;  // of all channels together

struct DeleteConverter {
  void operator()(SRC_STATE* state) const { src_delete(state); }
};
using Converter = std::unique_ptr<SRC_STATE, DeleteConverter>;

class SincResampler final : public Resampler {
 public:
  SincResampler(std::unique_ptr<audio::BlockSource> source, int rate_hz, Converter converter)
      : source_(std::move(source)),
        rate_hz_(rate_hz),
        converter_(std::move(converter)),
        channels_(static_cast<std::size_t>(source_->channels())),
        block_(source_->channels(), std::max<std::size_t>(1, kBlockSamples / channels_)),
        input_(block_.frames() * channels_) {}

  int rate_hz() const override { return rate_hz_; }
  int channels() const override { return source_->channels(); }
  std::optional<std::int64_t> total_frames() const override {
    const auto frames = source_->total_frames();
    if (!frames) return std::nullopt;
    return resampled_frames(*frames, source_->rate_hz(), rate_hz_);
  }
  std::int64_t non_finite_samples() const override { return non_finite_samples_; }

  Result<std::size_t> read(AudioView out) override {
    output_.resize(std::max(output_.size(), out.frames() * channels_));
    std::size_t done = 0;
    while (done < out.frames()) {
      if (input_left_ == 0 && !ended_) {
        if (auto filled = fill(); !filled) return tl::unexpected(filled.error());
      }
      Result<std::size_t> made = convert(out.frames() - done, done);
      if (!made) return made;
      done += *made;
      if (*made == 0 && ended_ && input_left_ == 0) break;
    }
    done = cut_or_pad(done, out.frames());
    audio::deinterleave({output_.data(), done * channels_}, out.slice(0, done));
    frames_out_ += static_cast<std::int64_t>(done);
    return done;
  }

 private:
  Result<void> fill() {
    const Result<std::size_t> got = source_->read(block_.view());
    if (!got) return tl::unexpected(got.error());
    ended_ = *got == 0;
    const AudioView part = block_.view().slice(0, *got);
    non_finite_samples_ += audio::remove_non_finite(part);
    audio::interleave(part, {input_.data(), *got * channels_});
    input_at_ = 0;
    input_left_ = *got;
    frames_in_ += static_cast<std::int64_t>(*got);
    return {};
  }

  // At most `frames` frames to output_ behind the `done` that are there.
  Result<std::size_t> convert(std::size_t frames, std::size_t done) {
    SRC_DATA data{};
    data.data_in = &input_[input_at_ * channels_ % input_.size()];
    data.input_frames = static_cast<long>(input_left_);
    data.data_out = &output_[done * channels_];
    data.output_frames = static_cast<long>(frames);
    data.end_of_input = ended_ ? 1 : 0;
    data.src_ratio = static_cast<double>(rate_hz_) / source_->rate_hz();
    if (const int error = src_process(converter_.get(), &data); error != 0) {
      return fail(ErrorCode::failed, "converting {} Hz to {} Hz failed: {}", source_->rate_hz(), rate_hz_,
                  src_strerror(error));
    }
    input_at_ += static_cast<std::size_t>(data.input_frames_used);
    input_left_ -= static_cast<std::size_t>(data.input_frames_used);
    return static_cast<std::size_t>(data.output_frames_gen);
  }

  // The converter's own end is off by a frame or so; the promised length is exact.
  std::size_t cut_or_pad(std::size_t done, std::size_t room) {
    if (!ended_) return done;
    const std::int64_t left = resampled_frames(frames_in_, source_->rate_hz(), rate_hz_) - frames_out_;
    const std::size_t wanted = std::min(room, static_cast<std::size_t>(std::max<std::int64_t>(0, left)));
    if (wanted > done) {
      std::fill(output_.begin() + static_cast<std::ptrdiff_t>(done * channels_),
                output_.begin() + static_cast<std::ptrdiff_t>(wanted * channels_), 0.0F);
    }
    return wanted;
  }

  std::unique_ptr<audio::BlockSource> source_;
  int rate_hz_;
  Converter converter_;
  std::size_t channels_;
  AudioBuffer block_;
  std::vector<float> input_, output_;
  std::size_t input_at_ = 0, input_left_ = 0;
  bool ended_ = false;
  std::int64_t frames_in_ = 0, frames_out_ = 0, non_finite_samples_ = 0;
};

}  // namespace

std::int64_t resampled_frames(std::int64_t frames, int from_hz, int to_hz) {
  // Seconds and the rest apart, so that no product overflows for any length.
  const std::int64_t seconds = frames / from_hz, rest = frames % from_hz;
  const std::int64_t exact = seconds * to_hz + (2 * rest * to_hz + from_hz) / (2 * std::int64_t{from_hz});
  return frames > 0 ? std::max<std::int64_t>(1, exact) : 0;
}

Result<std::unique_ptr<Resampler>> Resampler::create(std::unique_ptr<audio::BlockSource> source,
                                                     int rate_hz) {
  const int from_hz = source->rate_hz(), channels = source->channels();
  if (auto spec = audio::check_stream_spec({.rate_hz = rate_hz, .channels = channels}, "resampler output");
      !spec) {
    return tl::unexpected(spec.error());
  }
  if (rate_hz / from_hz >= kMaxRateRatio || from_hz / rate_hz >= kMaxRateRatio) {
    return fail(ErrorCode::usage,
                "sample rate {} Hz to {} Hz: more than a factor of {}; convert in two steps", from_hz,
                rate_hz, kMaxRateRatio);
  }
  int error = 0;
  Converter converter(src_new(SRC_SINC_BEST_QUALITY, channels, &error));
  if (!converter) return fail(ErrorCode::failed, "no sample rate converter: {}", src_strerror(error));
  return std::make_unique<SincResampler>(std::move(source), rate_hz, std::move(converter));
}

}  // namespace aapp::io

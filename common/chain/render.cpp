#include "common/chain/render.h"

#include <algorithm>

#include "common/audio/buffer_source.h"
#include "common/audio/pump.h"
#include "common/dsp/gain_stage.h"

namespace aapp::chain {
namespace {

Result<void> check_fit(const audio::BlockSource& source, const Chain& chain, const RenderOptions& options) {
  const audio::StreamSpec& spec = chain.spec();
  if (source.rate_hz() != spec.rate_hz || source.channels() != spec.channels) {
    return fail(ErrorCode::failed,
                "render: the source has {} channels at {} Hz, the chain was made for {} at {} Hz",
                source.channels(), source.rate_hz(), spec.channels, spec.rate_hz);
  }
  if (options.block_frames < 1 || options.block_frames > static_cast<std::size_t>(spec.max_block_frames)) {
    return fail(ErrorCode::failed, "render: blocks of {} frames; the chain takes 1 to {}",
                options.block_frames, spec.max_block_frames);
  }
  return {};
}

float peak_of(audio::ConstAudioView block, dsp::Simd simd) {
  float peak = 0.0F;
  for (int c = 0; c < block.channels(); ++c)
    peak = std::max(peak, dsp::largest_magnitude(block.channel(c), simd));
  return peak;
}

// Passes blocks on to the sink without the first `latency_frames`, and keeps the count.
class LatencyRemover {
 public:
  LatencyRemover(audio::BlockSink& sink, std::int64_t latency_frames, RenderStats& stats)
      : sink_(sink), skip_(static_cast<std::size_t>(latency_frames)), stats_(stats) {}

  Result<void> write(audio::ConstAudioView block) {
    const std::size_t skipped = std::min(skip_, block.frames());
    skip_ -= skipped;
    const audio::ConstAudioView rest = block.slice(skipped, block.frames() - skipped);
    if (rest.frames() == 0) return {};
    stats_.frames_out += static_cast<std::int64_t>(rest.frames());
    stats_.peak = std::max(stats_.peak, peak_of(rest, simd_));
    return sink_.write(rest);
  }

 private:
  audio::BlockSink& sink_;
  std::size_t skip_;
  RenderStats& stats_;
  dsp::Simd simd_ = dsp::best_simd();
};

// Fills a buffer that is long enough.
class BufferSink final : public audio::BlockSink {
 public:
  explicit BufferSink(audio::AudioBuffer& buffer) : buffer_(buffer) {}
  Result<void> write(audio::ConstAudioView block) override {
    for (int c = 0; c < block.channels(); ++c) {
      std::ranges::copy(block.channel(c), buffer_.channel(c).subspan(position_).begin());
    }
    position_ += block.frames();
    return {};
  }
  Result<void> finish() override { return {}; }

 private:
  audio::AudioBuffer& buffer_;
  std::size_t position_ = 0;
};

}  // namespace

Result<RenderStats> render(audio::BlockSource& source, Chain& chain, audio::BlockSink& sink,
                           const RenderOptions& options) {
  if (const auto checked = check_fit(source, chain, options); !checked)
    return tl::unexpected(checked.error());
  RenderStats stats;
  LatencyRemover output(sink, chain.latency_frames(), stats);
  audio::AudioBuffer buffer(source.channels(), options.block_frames);
  for (;;) {
    const Result<std::size_t> frames = source.read(buffer.view());
    if (!frames) return tl::unexpected(frames.error());
    if (*frames == 0) break;
    const audio::AudioView block = buffer.view().slice(0, *frames);
    stats.frames_in += static_cast<std::int64_t>(*frames);
    stats.non_finite_samples += audio::remove_non_finite(block);
    chain.process(block);
    if (const auto written = output.write(block); !written) return tl::unexpected(written.error());
    if (options.progress && !options.progress(stats.frames_in)) {
      return fail(ErrorCode::interrupted, "render: interrupted after {} frames", stats.frames_in);
    }
  }
  // What is still on its way comes out as silence goes in.
  std::int64_t left = chain.latency_frames() + (options.tail == Tail::keep ? chain.tail_frames() : 0);
  while (left > 0) {
    buffer.resize(source.channels(), static_cast<std::size_t>(std::min<std::int64_t>(
                                         left, static_cast<std::int64_t>(options.block_frames))));
    chain.process(buffer.view());
    if (const auto written = output.write(buffer.view()); !written) return tl::unexpected(written.error());
    left -= static_cast<std::int64_t>(buffer.frames());
  }
  return stats;
}

Result<audio::AudioBuffer> render(const audio::AudioBuffer& input, int rate_hz, const Preset& preset) {
  const RenderOptions options;
  auto chain = Chain::make(preset, {.rate_hz = rate_hz,
                                    .channels = input.channels(),
                                    .max_block_frames = static_cast<int>(options.block_frames)});
  if (!chain) return tl::unexpected(chain.error());
  audio::AudioBuffer output(input.channels(), input.frames());
  audio::BufferSource source(input, rate_hz);
  BufferSink sink(output);
  if (const auto stats = render(source, *chain, sink, options); !stats) return tl::unexpected(stats.error());
  return output;
}

}  // namespace aapp::chain

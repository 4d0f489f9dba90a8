#include <algorithm>
#include <memory>

#include "analyze/fit/fit_source.h"
#include "common/audio/pump.h"
#include "common/chain/render.h"

namespace aapp::fit {

namespace {

constexpr double kWholeSeconds = 40.0;                  // up to here there is no excerpt
constexpr double kExcerptSeconds = 24.0;                // of what is longer
constexpr std::int64_t kMaxExcerptSamples = 8'000'000;  // over all channels: 32 MB
constexpr std::int64_t kStretches = 8;

// Keeps stretches spread over a recording of known length.
class ExcerptCollector : public audio::BlockVisitor {
 public:
  ExcerptCollector(int rate_hz, int channels, std::int64_t total_frames) : total_frames_(total_frames) {
    const bool is_long = static_cast<double>(total_frames) > kWholeSeconds * rate_hz;
    const auto by_time = static_cast<std::int64_t>((is_long ? kExcerptSeconds : kWholeSeconds) * rate_hz);
    frames_ = std::min({total_frames, by_time, kMaxExcerptSamples / channels});
    excerpt_.resize(channels, static_cast<std::size_t>(frames_));
  }

  void visit(audio::ConstAudioView block) override {
    // Runs of frames that are wanted, one after the other.
    for (std::size_t i = 0; i < block.frames() && kept_ < frames_;) {
      const std::int64_t wanted = position_of(kept_);
      const std::int64_t here = seen_ + static_cast<std::int64_t>(i);
      if (wanted > here) {
        i += static_cast<std::size_t>(wanted - here);
        continue;
      }
      for (int c = 0; c < block.channels(); ++c)
        excerpt_.channel(c)[static_cast<std::size_t>(kept_)] = block.channel(c)[i];
      ++kept_;
      ++i;
    }
    seen_ += static_cast<std::int64_t>(block.frames());
  }

  audio::AudioBuffer take() { return std::move(excerpt_); }

 private:
  // Where frame `index` of the excerpt lies in the recording.
  std::int64_t position_of(std::int64_t index) const {
    if (frames_ == total_frames_) return index;
    const std::int64_t stretch_frames = (frames_ + kStretches - 1) / kStretches;
    const std::int64_t stretch = index / stretch_frames;
    const std::int64_t spacing = total_frames_ / kStretches;
    return stretch * spacing + (spacing - stretch_frames) / 2 + index % stretch_frames;
  }

  std::int64_t total_frames_, frames_ = 0, kept_ = 0, seen_ = 0;
  audio::AudioBuffer excerpt_;
};

class ProfilerSink : public audio::BlockSink {
 public:
  ProfilerSink(int rate_hz, int channels) : profiler_(rate_hz, channels) {}
  Result<void> write(audio::ConstAudioView block) override {
    profiler_.visit(block);
    return {};
  }
  Result<void> finish() override { return {}; }
  measure::TrackProfile profile() { return profiler_.finish(); }

 private:
  measure::TrackProfiler profiler_;
};

Result<measure::TrackProfile> play_all(const SourceOpener& open, const Preset& preset) {
  auto source = open();
  if (!source) return tl::unexpected(source.error());
  const chain::RenderOptions options;
  auto chain = chain::Chain::make(preset, {.rate_hz = (*source)->rate_hz(),
                                           .channels = (*source)->channels(),
                                           .max_block_frames = static_cast<int>(options.block_frames)});
  if (!chain) return tl::unexpected(chain.error());
  ProfilerSink sink((*source)->rate_hz(), (*source)->channels());
  if (auto stats = chain::render(**source, *chain, sink, options); !stats)
    return tl::unexpected(stats.error());
  return sink.profile();
}

}  // namespace

Result<FitSource> recorded_source(SourceOpener open, std::string name, const FitProgress& progress) {
  auto source = open();
  if (!source) return tl::unexpected(source.error());
  const int rate_hz = (*source)->rate_hz();
  const auto total = (*source)->total_frames();
  if (!total || *total == 0)
    return fail(ErrorCode::unreadable, "{}: holds no sound of known length; fit needs a recording", name);

  measure::TrackProfiler profiler(rate_hz, (*source)->channels());
  ExcerptCollector collector(rate_hz, (*source)->channels(), *total);
  audio::BlockVisitor* visitors[] = {&profiler, &collector};
  const auto pumped = audio::pump(**source, visitors, progress);
  if (!pumped) return tl::unexpected(pumped.error());

  FitSource result{
      .profile = profiler.finish(), .excerpt_profile = {}, .play = {}, .levels = {}, .play_whole = {}};
  result.profile.name = std::move(name);
  result.profile.non_finite_samples = pumped->non_finite_samples;
  const auto excerpt = std::make_shared<const audio::AudioBuffer>(collector.take());
  result.excerpt_profile = static_cast<std::int64_t>(excerpt->frames()) == result.profile.frames
                               ? result.profile
                               : measure::measure_audio(*excerpt, rate_hz);
  result.play = [excerpt, rate_hz](const Preset& preset) {
    return chain::render(*excerpt, rate_hz, preset).map([&](const audio::AudioBuffer& played) {
      return measure::measure_audio(played, rate_hz);
    });
  };
  result.levels = [excerpt, rate_hz](const Preset& preset) {
    return chain::render(*excerpt, rate_hz, preset).map([&](const audio::AudioBuffer& played) {
      return level_series(played, rate_hz);
    });
  };
  result.play_whole = [open = std::move(open)](const Preset& preset) { return play_all(open, preset); };
  return result;
}

}  // namespace aapp::fit

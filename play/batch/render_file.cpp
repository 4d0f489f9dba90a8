#include "play/batch/render_file.h"

#include <cmath>
#include <filesystem>

#include "common/base/units.h"
#include "common/chain/chain.h"
#include "common/io/resampler.h"
#include "play/batch/channel_mix.h"
#include "play/batch/loudness_meter.h"

namespace aapp::play {
namespace {

// The input as the chain hears it. Stages that see samples before the chain does count what they had to
// replace.
struct Input {
  std::unique_ptr<audio::BlockSource> source;
  io::FileInfo info;
  const ChannelMix* mix = nullptr;
  const io::Resampler* resampler = nullptr;

  std::int64_t non_finite_samples() const {
    return (mix == nullptr ? 0 : mix->non_finite_samples()) +
           (resampler == nullptr ? 0 : resampler->non_finite_samples());
  }
};

// Prefixes messages that do not know which file they are about.
Error about(const std::string& path, Error error) {
  if (!error.message.starts_with(path)) error.message = path + ": " + error.message;
  return error;
}

Result<Input> open_input(const std::string& path, const RenderSettings& settings) {
  auto opened = io::open_audio(path, settings.raw);
  if (!opened) return tl::unexpected(opened.error());
  Input input{.source = std::move(opened->source), .info = std::move(opened->info)};
  if (settings.channels && *settings.channels != input.source->channels()) {
    auto mix = ChannelMix::create(std::move(input.source), *settings.channels);
    if (!mix) return tl::unexpected(about(path, mix.error()));
    input.mix = mix->get();
    input.source = std::move(*mix);
  }
  if (settings.rate_hz && *settings.rate_hz != input.source->rate_hz()) {
    auto resampler = io::Resampler::create(std::move(input.source), *settings.rate_hz);
    if (!resampler) return tl::unexpected(about(path, resampler.error()));
    input.resampler = resampler->get();
    input.source = std::move(*resampler);
  }
  return input;
}

struct Rendered {
  chain::RenderStats stats;
  std::int64_t non_finite_input = 0;
  io::FileInfo info;
};

// `share` of the file's progress from `start` belongs to this pass.
struct Pass {
  double start = 0.0, share = 1.0;
};

Result<Rendered> play_through(Input input, const RenderSettings& settings, audio::BlockSink& sink, Pass pass,
                              const FileProgress& progress) {
  chain::RenderOptions options{.tail = settings.tail};
  const double total = static_cast<double>(input.source->total_frames().value_or(0));
  if (progress) {
    options.progress = [&progress, pass, total](std::int64_t frames) {
      return progress(total > 0.0 ? pass.start + pass.share * static_cast<double>(frames) / total : 0.0);
    };
  }
  auto chain =
      chain::Chain::make(settings.preset, {.rate_hz = input.source->rate_hz(),
                                           .channels = input.source->channels(),
                                           .max_block_frames = static_cast<int>(options.block_frames)});
  if (!chain) return tl::unexpected(about(input.info.path, chain.error()));
  auto stats = chain::render(*input.source, *chain, sink, options);
  if (!stats) return tl::unexpected(about(input.info.path, stats.error()));
  const std::int64_t non_finite = stats->non_finite_samples + input.non_finite_samples();
  return Rendered{.stats = *stats, .non_finite_input = non_finite, .info = std::move(input.info)};
}

// Multiplies on the way to another sink.
class GainSink final : public audio::BlockSink {
 public:
  GainSink(audio::BlockSink& sink, double gain) : sink_(sink), gain_(static_cast<float>(gain)) {}
  Result<void> write(audio::ConstAudioView block) override {
    if (gain_ == 1.0F) return sink_.write(block);
    if (scaled_.frames() < block.frames()) scaled_.resize(block.channels(), block.frames());
    const audio::AudioView out = scaled_.view().slice(0, block.frames());
    for (int c = 0; c < block.channels(); ++c) {
      for (std::size_t i = 0; i < block.frames(); ++i) out.channel(c)[i] = gain_ * block.channel(c)[i];
    }
    return sink_.write(out);
  }
  Result<void> finish() override { return sink_.finish(); }
  float gain() const { return gain_; }

 private:
  audio::BlockSink& sink_;
  float gain_;
  audio::AudioBuffer scaled_;
};

// What to do about samples beyond full scale.
enum class Beyond { ignore, count, end_with_the_first };

// On the way to another sink.
class FullScaleGuard final : public audio::BlockSink {
 public:
  FullScaleGuard(audio::BlockSink& sink, Beyond what) : sink_(sink), what_(what) {}
  Result<void> write(audio::ConstAudioView block) override {
    if (what_ == Beyond::ignore) return sink_.write(block);
    for (int c = 0; c < block.channels(); ++c) {
      int beyond = 0;
      for (const float sample : block.channel(c)) beyond += static_cast<int>(std::abs(sample) > 1.0F);
      beyond_ += beyond;
    }
    if (tripped()) return fail(ErrorCode::failed, "a sample lies beyond full scale");
    return sink_.write(block);
  }
  Result<void> finish() override { return sink_.finish(); }
  std::int64_t beyond() const { return beyond_; }
  bool tripped() const { return what_ == Beyond::end_with_the_first && beyond_ > 0; }

 private:
  audio::BlockSink& sink_;
  Beyond what_;
  std::int64_t beyond_ = 0;
};

// The first of two passes: the whole file is rendered to a meter, and nothing is kept of it.
Result<Normalization> measure_gain(const Job& job, const RenderSettings& settings,
                                   const FileProgress& progress) {
  auto input = open_input(job.input, settings);
  if (!input) return tl::unexpected(input.error());
  auto meter = LoudnessMeter::create(input->source->rate_hz(), input->source->channels());
  if (!meter) return tl::unexpected(about(job.input, meter.error()));
  auto rendered = play_through(std::move(*input), settings, **meter, {.start = 0.0, .share = 0.5}, progress);
  if (!rendered) return tl::unexpected(rendered.error());
  Normalization result{.measured_lufs = (*meter)->integrated_lufs()};
  if (result.measured_lufs) result.gain_db = *settings.normalize_lufs - *result.measured_lufs;
  return result;
}

Result<io::OutputSpec> output_spec(const Job& job, const RenderSettings& settings, const Input& input) {
  io::OutputSpec spec{.rate_hz = input.source->rate_hz(),
                      .channels = input.source->channels(),
                      .raw = settings.raw,
                      .extent = input.source->total_frames() ? io::Extent::bounded : io::Extent::unbounded};
  if (!settings.container.empty()) {
    spec.format.container = settings.container;
  } else if (io::is_raw_path(job.output, settings.raw)) {
    spec.format = {.container = "raw", .sample_format = std::string(io::raw_sample_format(*settings.raw))};
    return spec;
  } else if (job.output != "-") {
    auto named = io::container_from_path(job.output);
    if (!named) return tl::unexpected(named.error());
    spec.format.container = std::move(*named);
  }
  spec.format.sample_format = settings.sample_format;
  if (spec.format.sample_format.empty()) {
    spec.format.sample_format =
        io::closest_sample_format(spec.format.container, input.info.format.sample_format);
  }
  return spec;
}

Result<void> make_folder_of(const std::string& output) {
  const std::filesystem::path folder = std::filesystem::path(output).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return fail(ErrorCode::failed, "{}: folder cannot be made: {}", folder.string(), error.message());
}

// A sample format that nobody asked for is no reason to clip what a preset made louder. Streams are on their
// way before they clip.
bool may_become_float(const Job& job, const RenderSettings& settings, const io::FileFormat& format) {
  return settings.sample_format.empty() && !settings.preset.chain.empty() && job.input != "-" &&
         job.output != "-" && format.container != "raw" && format.sample_format != "float" &&
         io::closest_sample_format(format.container, "float") == "float";
}

// Is the loud part of a file written as asked for, or in float instead?
enum class Loud { as_asked, in_float };

// The second pass, or the only one.
Result<FileReport> write_file(const Job& job, const RenderSettings& settings, Pass pass, double gain,
                              const FileProgress& progress, Loud loud = Loud::as_asked) {
  auto input = open_input(job.input, settings);
  if (!input) return tl::unexpected(input.error());
  auto spec = output_spec(job, settings, *input);
  if (!spec) return tl::unexpected(spec.error());
  if (loud == Loud::in_float) spec->format.sample_format = "float";
  if (auto made = make_folder_of(job.output); !made) return tl::unexpected(made.error());
  auto writer =
      io::create_audio(job.output, *spec, {.dither = settings.dither, .overwrite = settings.overwrite});
  if (!writer) return tl::unexpected(writer.error());
  const Beyond beyond = loud == Loud::in_float                          ? Beyond::count
                        : may_become_float(job, settings, spec->format) ? Beyond::end_with_the_first
                                                                        : Beyond::ignore;
  FullScaleGuard guard(**writer, beyond);
  GainSink sink(guard, gain);
  auto rendered = play_through(std::move(*input), settings, sink, pass, progress);
  if (guard.tripped()) {
    writer->reset();  // what is unfinished was never there
    return write_file(job, settings, pass, gain, progress, Loud::in_float);
  }
  if (!rendered) return tl::unexpected(rendered.error());
  if (auto finished = sink.finish(); !finished) return tl::unexpected(finished.error());
  const io::WriteStats& written = (*writer)->stats();
  return FileReport{.input = std::move(rendered->info),
                    .output = job.output,
                    .format = spec->format,
                    .rate_hz = spec->rate_hz,
                    .channels = spec->channels,
                    .frames = written.frames,
                    .peak = rendered->stats.peak * sink.gain(),
                    .clipped_samples = written.clipped_samples,
                    .spared_samples = loud == Loud::in_float ? guard.beyond() : 0,
                    .non_finite_input = rendered->non_finite_input,
                    .non_finite_output = written.non_finite_samples};
}

}  // namespace

Result<FileReport> render_file(const Job& job, const RenderSettings& settings, const FileProgress& progress) {
  if (!settings.normalize_lufs) return write_file(job, settings, {}, 1.0, progress);
  if (job.input == "-") {
    return fail(ErrorCode::usage,
                "-: --normalize reads its input twice; name a file instead of standard input");
  }
  const auto measured = measure_gain(job, settings, progress);
  if (!measured) return tl::unexpected(measured.error());
  auto report =
      write_file(job, settings, {.start = 0.5, .share = 0.5}, db_to_gain(measured->gain_db), progress);
  if (report) report->normalization = *measured;
  return report;
}

}  // namespace aapp::play

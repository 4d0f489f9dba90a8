#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/audio/interleave.h"
#include "common/audio/pump.h"
#include "common/io/audio_file.h"
#include "common/io/container_table.h"
#include "common/io/descriptor.h"
#include "common/io/sound_file.h"
#include "common/io/spool.h"
#include "common/io/stable_bytes.h"

namespace aapp::io {
namespace {

using audio::ConstAudioView;

// A file that appears under its name when it is whole, or standard output, which gets it when it is whole.
class Target {
 public:
  static Result<Target> create(const std::string& path, Overwrite overwrite) {
    if (path == "-") {
      return make_unnamed_file().map([](Descriptor spool) { return Target(std::nullopt, std::move(spool)); });
    }
    return AtomicFile::create(path, overwrite).map([](AtomicFile file) {
      return Target(std::move(file), Descriptor(-1));
    });
  }

  int descriptor() const { return file_ ? file_->descriptor() : spool_.get(); }
  std::string name() const { return file_ ? file_->target() : "standard output"; }
  Result<void> commit() {
    if (file_) return file_->commit();
    ::lseek(spool_.get(), 0, SEEK_SET);
    return copy_all(spool_.get(), "temporary file", STDOUT_FILENO, name());
  }

 private:
  Target(std::optional<AtomicFile> file, Descriptor spool)
      : file_(std::move(file)), spool_(std::move(spool)) {}

  std::optional<AtomicFile> file_;
  Descriptor spool_;
};

class Writer final : public AudioFileWriter {
 public:
  Writer(Target target, SoundFile file, int sf_format, const ContainerRow& container,
         const SampleFormatRow* sample_format, int channels, audio::Dither dither)
      : target_(std::move(target)),
        file_(std::move(file)),
        container_(container),
        channels_(static_cast<std::size_t>(channels)),
        bits_(sample_format == nullptr ? 0 : sample_format->bits),
        frame_bytes_(sample_format == nullptr ? 0
                                              : audio::bytes_per_sample(sample_format->encoding) * channels_),
        plain_pcm_(
            plain_pcm(sf_format, raw_order(sf_command(file_.get(), SFC_RAW_DATA_NEEDS_ENDSWAP, nullptr, 0)))),
        quantizer_(bits_ == 0 ? 32 : bits_, dither) {}

  Result<void> write(ConstAudioView block) override {
    if (auto fits = check_size(block.frames()); !fits) return fits;
    const std::size_t part_frames = kScratchSamples / channels_;
    for (std::size_t done = 0; done < block.frames();) {
      const std::size_t frames = std::min(part_frames, block.frames() - done);
      if (auto written = write_part(block.slice(done, frames)); !written) return written;
      done += frames;
    }
    stats_.clipped_samples = bits_ == 0 ? 0 : quantizer_.clipped();
    return {};
  }

  Result<void> finish() override {
    const int error = sf_close(file_.release());
    if (error != SF_ERR_NO_ERROR) {
      return fail(ErrorCode::failed, "{}: cannot be finished: {}", target_.name(), sf_error_number(error));
    }
    return make_bytes_repeatable(target_.descriptor(), target_.name(), std::string(container_.name))
        .and_then([&] { return target_.commit(); });
  }

  const WriteStats& stats() const override { return stats_; }

 private:
  static constexpr std::size_t kScratchSamples = 32768;

  Result<void> check_size(std::size_t frames) const {
    const std::int64_t after =
        (stats_.frames + static_cast<std::int64_t>(frames)) * static_cast<std::int64_t>(frame_bytes_);
    if (container_.max_data_bytes == 0 || after <= container_.max_data_bytes) return {};
    return fail(ErrorCode::failed,
                "{}: more than {} bytes of audio, the most that {} holds; use rf64, w64 or caf",
                target_.name(), container_.max_data_bytes, container_.label);
  }

  Result<void> write_part(ConstAudioView part) {
    const std::size_t samples = part.frames() * channels_;
    floats_.resize(std::max(floats_.size(), samples));
    const std::span<float> interleaved(floats_.data(), samples);
    audio::interleave(part, interleaved);
    float* const one_channel = interleaved.data();
    stats_.non_finite_samples += audio::remove_non_finite({&one_channel, 1, samples});
    const auto frames = static_cast<sf_count_t>(part.frames());
    const sf_count_t written = write_interleaved(interleaved, frames);
    if (written != frames) {
      return fail(ErrorCode::failed, "{}: cannot be written after {} frames: {}", target_.name(),
                  stats_.frames + std::max<sf_count_t>(written, 0), sf_strerror(file_.get()));
    }
    stats_.frames += frames;
    return {};
  }

  // Returns how many frames.
  sf_count_t write_interleaved(std::span<const float> samples, sf_count_t frames) {
    if (bits_ == 0) return sf_writef_float(file_.get(), samples.data(), frames);
    if (!plain_pcm_) return sf_writef_int(file_.get(), to_integers(samples), frames);
    const std::size_t size = samples.size() * audio::bytes_per_sample(plain_pcm_->encoding);
    bytes_.resize(std::max(bytes_.size(), size));
    audio::encode_pcm(samples, *plain_pcm_, quantizer_, {bytes_.data(), size});
    const sf_count_t written = sf_write_raw(file_.get(), bytes_.data(), static_cast<sf_count_t>(size));
    return written / static_cast<sf_count_t>(frame_bytes_);
  }

  // libsndfile takes integers left-justified in 32 bits and drops the rest, so what is rounded here stays
  // exact.
  const int* to_integers(std::span<const float> samples) {
    integers_.resize(std::max(integers_.size(), samples.size()));
    const std::span<int> integers(integers_.data(), samples.size());
    quantizer_.quantize(samples, integers);
    const int shift = 32 - bits_;
    for (int& integer : integers) integer = static_cast<int>(static_cast<unsigned>(integer) << shift);
    return integers_.data();
  }

  Target target_;
  SoundFile file_;
  const ContainerRow& container_;
  std::size_t channels_;
  int bits_;
  std::size_t frame_bytes_;  // 0 for codecs
  std::optional<audio::PcmFormat> plain_pcm_;
  audio::Quantizer quantizer_;
  WriteStats stats_;
  std::vector<float> floats_;
  std::vector<int> integers_;
  std::vector<std::byte> bytes_;  // plain_pcm_ only
};

}  // namespace

Result<std::unique_ptr<AudioWriter>> AudioFileWriter::create(const std::string& path,
                                                             const FileFormat& format, int rate_hz,
                                                             int channels, const WriteOptions& options) {
  if (auto checked = check_file_format(path, format, rate_hz, channels); !checked) {
    return tl::unexpected(checked.error());
  }
  const ContainerRow& container = *find_container(format.container);
  const SampleFormatRow* sample_format =
      find_sample_format(format.sample_format.empty() ? container.default_sample_format
                                                      : std::string_view(format.sample_format));
  auto target = Target::create(path, options.overwrite);
  if (!target) return tl::unexpected(target.error());

  SF_INFO sf{};
  sf.samplerate = rate_hz;
  sf.channels = channels;
  sf.format = container.sf_format | (sample_format == nullptr ? 0 : sample_format->sf_subtype);
  OpenedSoundFile opened = open_sound_file(target->descriptor(), SFM_WRITE, sf);
  if (!opened.file) {
    return fail(ErrorCode::failed, "{}: cannot be encoded as {} at {} Hz with {} channels: {}", path,
                container.label, rate_hz, channels, opened.error);
  }
  // The PEAK chunk of WAV and AIFF carries the time of day.
  sf_command(opened.file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
  return std::make_unique<Writer>(std::move(*target), std::move(opened.file), sf.format, container,
                                  sample_format, channels, options.dither);
}

}  // namespace aapp::io

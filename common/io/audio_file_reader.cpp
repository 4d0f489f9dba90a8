#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "common/audio/interleave.h"
#include "common/audio/pump.h"
#include "common/audio/stream_spec.h"
#include "common/io/audio_file.h"
#include "common/io/container_check.h"
#include "common/io/container_table.h"
#include "common/io/descriptor.h"
#include "common/io/sound_file.h"
#include "common/io/spool.h"

namespace aapp::io {
namespace {

using audio::AudioView;

Result<void> check_extension(const std::string& path, const ContainerRow& content) {
  const Result<std::string> named = container_from_path(path);
  if (!named || *named == content.name) return {};
  // RF64 is WAV grown large and goes by its name; .ogg is any sound in an Ogg container.
  if (*named == "wav" && content.name == "rf64") return {};
  if (*named == "ogg" && content.name == "opus") return {};
  return fail(ErrorCode::unreadable, "{}: holds {}, but its extension says {}; rename it to .{}", path,
              content.label, find_container(*named)->label, content.extensions.front());
}

Result<FileInfo> describe(const std::string& path, const SF_INFO& sf) {
  const ContainerRow* container = container_of_sf_format(sf.format);
  if (container == nullptr) {
    return fail(ErrorCode::unreadable,
                "{}: holds a format (number {:#x}) that is not read; must be one of {}", path, sf.format,
                container_labels());
  }
  if (auto named = check_extension(path, *container); !named) return tl::unexpected(named.error());
  if (auto spec = audio::check_stream_spec({.rate_hz = sf.samplerate, .channels = sf.channels}, path);
      !spec) {
    return tl::unexpected(spec.error());
  }
  if (sf.frames < 1) {
    return fail(ErrorCode::unreadable, "{}: holds {} frames of audio; must hold at least 1", path, sf.frames);
  }
  // ADPCM, A-law and the like decode to at most 16 bits.
  const SampleFormatRow* sample_format = sample_format_of_sf_format(sf.format);
  const bool codec = container->default_sample_format.empty();
  std::string sample_name =
      codec ? "" : std::string(sample_format == nullptr ? "pcm_16" : sample_format->name);
  return FileInfo{
      .path = path,
      .format = {.container = std::string(container->name), .sample_format = std::move(sample_name)},
      .rate_hz = sf.samplerate,
      .channels = sf.channels,
      .frames = sf.frames};
}

class Reader final : public AudioFileReader {
 public:
  Reader(Descriptor descriptor, SoundFile file, FileInfo info, int sf_format)
      : descriptor_(std::move(descriptor)),
        file_(std::move(file)),
        info_(std::move(info)),
        plain_pcm_(plain_pcm(sf_format,
                             raw_order(sf_command(file_.get(), SFC_RAW_DATA_NEEDS_ENDSWAP, nullptr, 0)))) {}

  const FileInfo& info() const override { return info_; }
  int rate_hz() const override { return info_.rate_hz; }
  int channels() const override { return info_.channels; }
  std::optional<std::int64_t> total_frames() const override { return info_.frames; }

  Result<std::size_t> read(AudioView out) override {
    const auto channels = static_cast<std::size_t>(info_.channels);
    const std::size_t part_frames = kScratchSamples / channels;
    std::size_t done = 0;
    while (done < out.frames()) {
      const sf_count_t got = read_interleaved(std::min(part_frames, out.frames() - done));
      if (got <= 0) break;
      const auto frames = static_cast<std::size_t>(got);
      audio::deinterleave({scratch_.data(), frames * channels}, out.slice(done, frames));
      done += frames;
    }
    frames_read_ += static_cast<std::int64_t>(done);
    if (done < out.frames()) {
      position_at_end_ = ::lseek(descriptor_.get(), 0, SEEK_CUR);
      if (auto whole = check_end(); !whole) return tl::unexpected(whole.error());
    }
    return done;
  }

 private:
  // Small enough to stay in the second-level cache, large enough that a system call per part costs nothing.
  static constexpr std::size_t kScratchSamples = 32768;

  static constexpr std::int64_t kMp3Frame = 1152;

  // Into scratch_; returns how many frames, 0 or less at the end.
  sf_count_t read_interleaved(std::size_t frames) {
    const auto channels = static_cast<std::size_t>(info_.channels);
    scratch_.resize(std::max(scratch_.size(), frames * channels));
    if (!plain_pcm_) return sf_readf_float(file_.get(), scratch_.data(), static_cast<sf_count_t>(frames));
    const std::size_t frame_bytes = channels * audio::bytes_per_sample(plain_pcm_->encoding);
    bytes_.resize(std::max(bytes_.size(), frames * frame_bytes));
    const sf_count_t got =
        sf_read_raw(file_.get(), bytes_.data(), static_cast<sf_count_t>(frames * frame_bytes));
    if (got <= 0) return got;
    const std::size_t whole = static_cast<std::size_t>(got) / frame_bytes;
    audio::decode_pcm({bytes_.data(), whole * frame_bytes}, *plain_pcm_, {scratch_.data(), whole * channels});
    return static_cast<sf_count_t>(whole);
  }

  // Decoders stop quietly where a stream breaks; the declared length tells.
  Result<void> check_end() const {
    if (sf_error(file_.get()) != SF_ERR_NO_ERROR) {
      return fail(ErrorCode::unreadable, "{}: damaged after {} of {} frames ({}); copy or record it again",
                  info_.path, frames_read_, info_.frames, sf_strerror(file_.get()));
    }
    const bool mp3 = info_.format.container == "mp3";
    // Without a length header an MP3's length is an estimate, good to a percent or so where the bit rate is
    // constant.
    const std::int64_t tolerance = mp3 ? info_.frames / 100 + 2 * kMp3Frame : 0;
    if (frames_read_ < info_.frames - tolerance) {
      return fail(ErrorCode::unreadable,
                  "{}: ends after {} of {} frames; the file is truncated: copy or record it again",
                  info_.path, frames_read_, info_.frames);
    }
    return mp3 ? check_rest_of_mp3() : Result<void>();
  }

  // libsndfile stops at the estimate, which can be far too low where the bit rate varies: better no sound
  // than a part of it that passes for the whole.
  Result<void> check_rest_of_mp3() const {
    constexpr off_t kTags = 8192;
    const off_t size = ::lseek(descriptor_.get(), 0, SEEK_END);
    if (size - position_at_end_ < kTags + size / 10) return {};
    return fail(ErrorCode::unreadable,
                "{}: has no length header, and only {} of its {} bytes could be read; rewrite it with: "
                "ffmpeg -i IN.mp3 "
                "-c copy OUT.mp3",
                info_.path, position_at_end_, size);
  }

  Descriptor descriptor_;  // before file_: closed after it
  SoundFile file_;
  FileInfo info_;
  std::int64_t frames_read_ = 0;
  off_t position_at_end_ = 0;
  std::optional<audio::PcmFormat> plain_pcm_;
  std::vector<float> scratch_;
  std::vector<std::byte> bytes_;  // plain_pcm_ only
};

Result<Descriptor> open_descriptor(const std::string& path, std::string_view already_read) {
  if (path == "-") {
    auto spool = make_unnamed_file();
    if (!spool) return spool;
    if (auto kept = write_all(spool->get(), already_read, "temporary file"); !kept)
      return tl::unexpected(kept.error());
    if (auto copied = copy_all(STDIN_FILENO, "standard input", spool->get(), "temporary file"); !copied) {
      return tl::unexpected(copied.error());
    }
    ::lseek(spool->get(), 0, SEEK_SET);
    return spool;
  }
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() >= 0) return file;
  return fail(ErrorCode::unreadable, "{}: cannot be opened: {}", path, std::strerror(errno));
}

// All samples, channel by channel. Grows with what is really there: a declared length costs nothing.
Result<std::vector<std::vector<float>>> read_columns(AudioFileReader& reader,
                                                     std::int64_t& non_finite_samples) {
  constexpr std::size_t kBlockFrames = 65536;
  const int channels = reader.channels();
  std::vector<std::vector<float>> columns(static_cast<std::size_t>(channels));
  audio::AudioBuffer block(channels, kBlockFrames);
  for (;;) {
    const Result<std::size_t> got = reader.read(block.view());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return columns;
    const AudioView part = block.view().slice(0, *got);
    non_finite_samples += audio::remove_non_finite(part);
    for (int c = 0; c < channels; ++c) {
      auto& column = columns[static_cast<std::size_t>(c)];
      column.insert(column.end(), part.channel(c).begin(), part.channel(c).end());
    }
    if (static_cast<std::int64_t>(columns[0].size()) * channels <= kMaxLoadedSamples) continue;
    return fail(ErrorCode::unreadable,
                "{}: holds more than {} samples, too long to load whole; cut it into parts",
                reader.info().path, kMaxLoadedSamples);
  }
}

}  // namespace

Result<std::unique_ptr<AudioFileReader>> AudioFileReader::open(const std::string& path,
                                                               std::string_view already_read) {
  auto descriptor = open_descriptor(path, already_read);
  if (!descriptor) return tl::unexpected(descriptor.error());
  const std::string name = path == "-" ? "standard input" : path;
  if (auto checked = check_container(descriptor->get(), name); !checked)
    return tl::unexpected(checked.error());
  SF_INFO sf{};
  OpenedSoundFile opened = open_sound_file(descriptor->get(), SFM_READ, sf);
  if (!opened.file) {
    return fail(ErrorCode::unreadable, "{}: is damaged or no audio ({}); must be one of {}", name,
                opened.error, container_labels());
  }
  auto info = describe(name, sf);
  if (!info) return tl::unexpected(info.error());
  return std::make_unique<Reader>(std::move(*descriptor), std::move(opened.file), std::move(*info),
                                  sf.format);
}

Result<LoadedAudio> load_audio(const std::string& path) {
  auto reader = AudioFileReader::open(path);
  if (!reader) return tl::unexpected(reader.error());
  LoadedAudio loaded;
  loaded.info = (*reader)->info();
  auto columns = read_columns(**reader, loaded.non_finite_samples);
  if (!columns) return tl::unexpected(columns.error());
  loaded.info.frames = static_cast<std::int64_t>(columns->front().size());
  loaded.samples.resize(loaded.info.channels, columns->front().size());
  for (int c = 0; c < loaded.info.channels; ++c) {
    auto& column = (*columns)[static_cast<std::size_t>(c)];
    std::ranges::copy(column, loaded.samples.channel(c).begin());
    std::vector<float>().swap(column);
  }
  return loaded;
}

}  // namespace aapp::io

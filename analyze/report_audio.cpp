#include "analyze/report_audio.h"

#include <stdlib.h>  // mkdtemp

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/base/units.h"
#include "common/chain/render.h"
#include "common/io/audio_file.h"
#include "common/io/resampler.h"

namespace aapp::analyze {
namespace {

namespace fs = std::filesystem;

constexpr double kHeardSeconds = 60.0;
constexpr double kCeilingDb = -1.0;
constexpr double kLoudestLufs = -14.0;  // louder than this nobody compares at ease
constexpr int kPlainRateHz = 48000;     // for rates that MP3 has not

// The beginning of another source.
class Beginning final : public audio::BlockSource {
 public:
  explicit Beginning(std::unique_ptr<audio::BlockSource> source)
      : source_(std::move(source)), left_(static_cast<std::size_t>(kHeardSeconds * source_->rate_hz())) {}
  int rate_hz() const override { return source_->rate_hz(); }
  int channels() const override { return source_->channels(); }
  std::optional<std::int64_t> total_frames() const override { return std::nullopt; }
  Result<std::size_t> read(audio::AudioView out) override {
    if (left_ == 0) return std::size_t{0};
    Result<std::size_t> got = source_->read(out.slice(0, std::min(out.frames(), left_)));
    if (got) left_ -= *got;
    return got;
  }

 private:
  std::unique_ptr<audio::BlockSource> source_;
  std::size_t left_;
};

// The highest common loudness that keeps every peak under the ceiling.
double common_loudness(std::span<const Listened> sounds, std::span<const report::Recording> recordings) {
  double lufs = kLoudestLufs;
  for (const Listened& sound : sounds) {
    const measure::TrackProfile& profile = recordings[sound.recording].profile;
    const auto own = profile.loudness.integrated_lufs;
    if (own) lufs = std::min(lufs, *own - profile.envelope.peak_db() + kCeilingDb);
  }
  return lufs;
}

// A folder that goes with this object.
struct TemporaryFolder {
  std::string path;
  TemporaryFolder() {
    std::error_code ignored;
    path = (fs::temp_directory_path(ignored) / "aapp-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) path.clear();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

Result<void> encode(const Listened& sound, double gain_db, const std::string& target) {
  auto reader = io::AudioFileReader::open(sound.path);
  if (!reader) return tl::unexpected(reader.error());
  std::unique_ptr<audio::BlockSource> source = std::make_unique<Beginning>(std::move(*reader));
  const io::FileFormat mp3{.container = "mp3"};
  if (!io::check_file_format(target, mp3, source->rate_hz(), source->channels()) &&
      io::check_file_format(target, mp3, kPlainRateHz, source->channels())) {
    auto resampler = io::Resampler::create(std::move(source), kPlainRateHz);
    if (!resampler) return tl::unexpected(resampler.error());
    source = std::move(*resampler);
  }
  Preset preset = sound.preset.value_or(Preset{});
  preset.chain.push_back({.params = effects::GainParams{.gain_db = gain_db}});
  const chain::RenderOptions options;
  auto chain = chain::Chain::make(preset, {.rate_hz = source->rate_hz(),
                                           .channels = source->channels(),
                                           .max_block_frames = static_cast<int>(options.block_frames)});
  if (!chain) return tl::unexpected(chain.error());
  auto writer = io::AudioFileWriter::create(target, mp3, source->rate_hz(), source->channels());
  if (!writer) return tl::unexpected(writer.error());
  if (auto rendered = chain::render(*source, *chain, **writer, options); !rendered)
    return tl::unexpected(rendered.error());
  return (*writer)->finish();
}

}  // namespace

Result<std::vector<report::Player>> make_players(std::span<const Listened> sounds,
                                                 std::span<const report::Recording> recordings) {
  const TemporaryFolder folder;
  if (folder.path.empty()) {
    return fail(ErrorCode::failed,
                "--embed-audio: no temporary folder can be made; set TMPDIR to another folder");
  }
  const double lufs = common_loudness(sounds, recordings);
  std::vector<report::Player> players;
  for (const Listened& sound : sounds) {
    const auto own = recordings[sound.recording].profile.loudness.integrated_lufs;
    const std::string file = (fs::path(folder.path) / fmt::format("{}.mp3", players.size())).string();
    if (auto encoded = encode(sound, own ? lufs - *own : 0.0, file); !encoded)
      return tl::unexpected(encoded.error());
    std::ifstream in(file, std::ios::binary);
    players.push_back({.label = fmt::format("{}, at {:.1f} LUFS", sound.label, lufs),
                       .mime_type = "audio/mpeg",
                       .bytes = {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
  }
  return players;
}

}  // namespace aapp::analyze

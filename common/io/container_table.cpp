#include "common/io/container_table.h"

#include <sndfile.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <filesystem>

#include "common/audio/stream_spec.h"
#include "common/io/audio_file.h"

namespace aapp::io {
namespace {

using audio::kMaxChannels;
using audio::kMaxRateHz;
using audio::PcmEncoding;

constexpr std::array<SampleFormatRow, 7> kSampleFormats{{
    {"pcm_u8", SF_FORMAT_PCM_U8, PcmEncoding::u8, 8},
    {"pcm_s8", SF_FORMAT_PCM_S8, PcmEncoding::s8, 8},
    {"pcm_16", SF_FORMAT_PCM_16, PcmEncoding::s16, 16},
    {"pcm_24", SF_FORMAT_PCM_24, PcmEncoding::s24, 24},
    {"pcm_32", SF_FORMAT_PCM_32, PcmEncoding::s32, 32},
    {"float", SF_FORMAT_FLOAT, PcmEncoding::f32, 0},
    {"double", SF_FORMAT_DOUBLE, PcmEncoding::f64, 0},
}};

constexpr std::string_view kWavNames[] = {"wav", "wave"}, kRf64Names[] = {"rf64"}, kW64Names[] = {"w64"},
                           kFlacNames[] = {"flac"}, kAiffNames[] = {"aiff", "aif", "aifc"},
                           kCafNames[] = {"caf"}, kOggNames[] = {"ogg", "oga"}, kOpusNames[] = {"opus"},
                           kMp3Names[] = {"mp3"};
constexpr int kOpusRates[] = {8000, 12000, 16000, 24000, 48000};
constexpr int kMp3Rates[] = {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
// Sizes in RIFF and AIFF headers have 32 bits; a little is left for the header itself.
constexpr std::int64_t kRiffBytes = 0xFFFF0000;
constexpr int kMaxFlacRateHz = 655350, kMaxFlacChannels = 8, kMaxVorbisRateHz = 200000, kMaxMp3Channels = 2;

constexpr std::array<ContainerRow, 9> kContainers{{
    {"wav", "WAV", SF_FORMAT_WAV, kWavNames, "float", kMaxChannels, kMaxRateHz, {}, kRiffBytes},
    {"rf64", "RF64", SF_FORMAT_RF64, kRf64Names, "float", kMaxChannels, kMaxRateHz, {}, 0},
    {"w64", "W64", SF_FORMAT_W64, kW64Names, "float", kMaxChannels, kMaxRateHz, {}, 0},
    {"flac", "FLAC", SF_FORMAT_FLAC, kFlacNames, "pcm_24", kMaxFlacChannels, kMaxFlacRateHz, {}, 0},
    {"aiff", "AIFF", SF_FORMAT_AIFF, kAiffNames, "float", kMaxChannels, kMaxRateHz, {}, kRiffBytes},
    {"caf", "CAF", SF_FORMAT_CAF, kCafNames, "float", kMaxChannels, kMaxRateHz, {}, 0},
    {"ogg", "OGG", SF_FORMAT_OGG | SF_FORMAT_VORBIS, kOggNames, "", kMaxChannels, kMaxVorbisRateHz, {}, 0},
    {"opus", "Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, kOpusNames, "", kMaxChannels, kMaxRateHz, kOpusRates, 0},
    {"mp3", "MP3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, kMp3Names, "", kMaxMp3Channels, kMaxRateHz,
     kMp3Rates, 0},
}};

std::string lower_extension(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  if (!extension.empty()) extension.erase(0, 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

std::string sample_format_names(const ContainerRow& container) {
  std::string names;
  for (const SampleFormatRow& row : kSampleFormats) {
    if (!holds(container, row)) continue;
    if (!names.empty()) names += ", ";
    names += row.name;
  }
  return names;
}

std::string join_rates(std::span<const int> rates_hz) {
  std::string text;
  for (const int rate : rates_hz) text += fmt::format("{}{}", text.empty() ? "" : ", ", rate);
  return text;
}

Result<void> check_sample_format(const std::string& path, const ContainerRow& row, const std::string& name) {
  if (name.empty()) return {};
  if (row.default_sample_format.empty()) {
    return fail(ErrorCode::usage,
                "{}: {} is a codec and takes no sample format, but {} was asked for; leave it out", path,
                row.label, name);
  }
  const SampleFormatRow* sample_format = find_sample_format(name);
  if (sample_format != nullptr && holds(row, *sample_format)) return {};
  return fail(ErrorCode::usage, "{}: {} has no sample format {}; must be one of {}", path, row.label, name,
              sample_format_names(row));
}

}  // namespace

std::span<const ContainerRow> container_rows() {
  return kContainers;
}

const ContainerRow* find_container(std::string_view name) {
  const auto* row = std::ranges::find(kContainers, name, &ContainerRow::name);
  return row == kContainers.end() ? nullptr : row;
}

const SampleFormatRow* find_sample_format(std::string_view name) {
  const auto* row = std::ranges::find(kSampleFormats, name, &SampleFormatRow::name);
  return row == kSampleFormats.end() ? nullptr : row;
}

const ContainerRow* container_of_sf_format(int sf_format) {
  int major = sf_format & SF_FORMAT_TYPEMASK;
  if (major == SF_FORMAT_WAVEX) major = SF_FORMAT_WAV;
  const int subtype = sf_format & SF_FORMAT_SUBMASK;
  for (const ContainerRow& row : kContainers) {
    const int row_subtype = row.sf_format & SF_FORMAT_SUBMASK;
    // MPEG layers I and II are read like III; Ogg holds two codecs that are told apart, others are not ours.
    const bool any_subtype = row_subtype == 0 || major == SF_FORMAT_MPEG;
    if ((row.sf_format & SF_FORMAT_TYPEMASK) == major && (any_subtype || row_subtype == subtype)) return &row;
  }
  return nullptr;
}

const SampleFormatRow* sample_format_of_sf_format(int sf_format) {
  const auto* row =
      std::ranges::find(kSampleFormats, sf_format & SF_FORMAT_SUBMASK, &SampleFormatRow::sf_subtype);
  return row == kSampleFormats.end() ? nullptr : row;
}

std::optional<audio::PcmFormat> plain_pcm(int sf_format, RawOrder order) {
  constexpr std::array kPlain{SF_FORMAT_WAV, SF_FORMAT_WAVEX, SF_FORMAT_RF64,
                              SF_FORMAT_W64, SF_FORMAT_AIFF,  SF_FORMAT_CAF};
  if ((sf_format & SF_FORMAT_SUBMASK) != SF_FORMAT_PCM_24) return std::nullopt;
  if (std::ranges::count(kPlain, sf_format & SF_FORMAT_TYPEMASK) == 0) return std::nullopt;
  const bool little = (std::endian::native == std::endian::little) == (order == RawOrder::native);
  return audio::PcmFormat{.encoding = audio::PcmEncoding::s24,
                          .order = little ? audio::ByteOrder::little : audio::ByteOrder::big};
}

bool holds(const ContainerRow& container, const SampleFormatRow& sample_format) {
  if (container.default_sample_format.empty()) return false;
  SF_INFO info{};
  info.samplerate = 48000;
  info.channels = 1;
  info.format = container.sf_format | sample_format.sf_subtype;
  return sf_format_check(&info) != 0;
}

std::string container_labels() {
  std::string labels;
  for (const ContainerRow& row : kContainers)
    labels += fmt::format("{}{}", labels.empty() ? "" : ", ", row.label);
  return labels;
}

Result<std::string> container_from_path(const std::string& path) {
  const std::string extension = lower_extension(path);
  for (const ContainerRow& row : kContainers) {
    if (std::ranges::find(row.extensions, extension) != row.extensions.end()) return std::string(row.name);
  }
  std::string known;
  for (const ContainerRow& row : kContainers) {
    for (const std::string_view name : row.extensions)
      known += fmt::format("{}.{}", known.empty() ? "" : " ", name);
  }
  return fail(ErrorCode::usage, "{}: the extension {} names no audio format; must be one of {}", path,
              extension.empty() ? "(none)" : "." + extension, known);
}

std::string_view container_extension(std::string_view container) {
  return find_container(container)->extensions.front();
}

Result<void> check_file_format(const std::string& path, const FileFormat& format, int rate_hz, int channels) {
  const ContainerRow* row = find_container(format.container);
  if (row == nullptr) {
    return fail(ErrorCode::usage, "{}: unknown format {}; must be one of {}", path, format.container,
                container_labels());
  }
  if (auto checked = check_sample_format(path, *row, format.sample_format); !checked) return checked;
  if (channels < 1 || channels > row->max_channels) {
    return fail(ErrorCode::usage, "{}: {} channels; {} holds 1 to {}{}", path, channels, row->label,
                row->max_channels, row->max_channels < kMaxChannels ? "; use wav for more" : "");
  }
  const bool rate_listed =
      row->rates_hz.empty() || std::ranges::find(row->rates_hz, rate_hz) != row->rates_hz.end();
  if (!rate_listed) {
    return fail(ErrorCode::usage, "{}: sample rate is {} Hz; {} holds {} Hz; convert with --rate", path,
                rate_hz, row->label, join_rates(row->rates_hz));
  }
  if (rate_hz < audio::kMinRateHz || rate_hz > row->max_rate_hz) {
    return fail(ErrorCode::usage, "{}: sample rate is {} Hz; {} holds {} to {} Hz; convert with --rate", path,
                rate_hz, row->label, audio::kMinRateHz, row->max_rate_hz);
  }
  return {};
}

std::string closest_sample_format(std::string_view container, std::string_view sample_format) {
  const ContainerRow& row = *find_container(container);
  const SampleFormatRow* wanted = find_sample_format(sample_format);
  if (wanted == nullptr) return std::string(row.default_sample_format);
  if (holds(row, *wanted)) return std::string(wanted->name);
  // The shallowest integer format with room for all bits; a floating-point one wants the deepest.
  const SampleFormatRow* best = nullptr;
  for (const SampleFormatRow& candidate : kSampleFormats) {
    if (!holds(row, candidate)) continue;
    best = &candidate;
    if (wanted->bits != 0 && candidate.bits >= wanted->bits) break;
  }
  return best == nullptr ? std::string() : std::string(best->name);
}

}  // namespace aapp::io

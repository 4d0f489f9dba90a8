#include "analyze/inspect/raw_guess.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <span>

#include "analyze/inspect/reading_check.h"
#include "common/audio/interleave.h"

namespace aapp::inspect {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWindows = 8;
constexpr std::size_t kWindowBytes = 24576;  // a multiple of every frame up to 8 channels of 8 bytes and of 3
constexpr std::size_t kHeardBytes = std::size_t{1} << 20U;
constexpr int kMaxGuessedChannels = 8;
constexpr std::size_t kMaxSkip = 8;
constexpr double kClear = 0.3;  // bits per byte to the next reading
constexpr double kSense = 7.4;  // bits per byte: above it nothing makes sense of the bytes

using Bytes = std::vector<std::byte>;

Bytes read_at(std::ifstream& file, std::uint64_t at, std::size_t count) {
  Bytes bytes(count);
  file.clear();
  file.seekg(static_cast<std::streamoff>(at));
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
  return bytes;
}

// Stretches over the whole file, each at a multiple of the window's length, so that a skip means the same in
// all.
std::vector<Bytes> read_windows(std::ifstream& file, std::uint64_t size) {
  std::vector<Bytes> windows;
  const std::uint64_t there = std::max<std::uint64_t>(1, size / kWindowBytes);
  const std::uint64_t count = std::min<std::uint64_t>(kWindows, there);
  for (std::uint64_t i = 0; i < count; ++i) {
    Bytes bytes = read_at(file, there * i / count * kWindowBytes, kWindowBytes);
    const bool sound = std::adjacent_find(bytes.begin(), bytes.end(), std::not_equal_to<>()) != bytes.end();
    if (sound) windows.push_back(std::move(bytes));
  }
  return windows;
}

std::vector<GuessedReading> rank(const std::vector<Bytes>& windows) {
  std::vector<GuessedReading> ranked;
  for (const Reading& reading : possible_readings(kMaxGuessedChannels, kMaxSkip)) {
    double sum = 0.0;
    for (const Bytes& bytes : windows) sum += code_length(bytes, reading);
    const double mean = sum / static_cast<double>(std::max<std::size_t>(1, windows.size()));
    if (std::isfinite(mean) && !windows.empty()) ranked.push_back({reading, mean});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const GuessedReading& a, const GuessedReading& b) {
    return a.bits_per_byte < b.bits_per_byte;
  });
  if (ranked.size() > kMaxReadings) ranked.resize(kMaxReadings);
  return ranked;
}

audio::AudioBuffer decode(const Bytes& bytes, const Reading& reading) {
  const std::size_t skip = std::min(bytes.size(), reading.skip_bytes);
  const std::size_t width = audio::bytes_per_sample(reading.format.encoding);
  const auto channels = static_cast<std::size_t>(reading.channels);
  const std::size_t frames = (bytes.size() - skip) / (width * channels);
  std::vector<float> interleaved(frames * channels);
  audio::decode_pcm(std::span(bytes).subspan(skip, interleaved.size() * width), reading.format, interleaved);
  audio::AudioBuffer sound(reading.channels, frames);
  audio::deinterleave(interleaved, sound.view());
  audio::remove_non_finite(sound.view());
  return sound;
}

}  // namespace

bool RawGuess::clear() const {
  if (readings.empty() || readings[0].bits_per_byte > kSense) return false;
  return readings.size() < 2 || readings[1].bits_per_byte - readings[0].bits_per_byte >= kClear;
}

Result<RawGuess> guess_raw(const std::string& path) {
  std::error_code failed;
  const std::uint64_t size = fs::is_regular_file(path, failed) ? fs::file_size(path, failed) : 0;
  std::ifstream file(path, std::ios::binary);
  if (failed || !file || size == 0) {
    return fail(ErrorCode::unreadable, "{}: is no file with bytes in it; --raw guess needs one to look at",
                path);
  }
  RawGuess guess{.path = path, .file_bytes = size};
  const Bytes head = read_at(file, 0, 4);
  const std::string magic(reinterpret_cast<const char*>(head.data()), head.size());
  for (const char* known : {"RIFF", "RF64", "RIFX", "FORM", "riff", "caff", "fLaC", "OggS"}) {
    if (magic == known) guess.container = known;
  }
  const std::vector<Bytes> windows = read_windows(file, size);
  guess.readings = rank(windows);
  if (!guess.readings.empty()) {
    guess.rates = rank_rates(decode(read_at(file, 0, kHeardBytes), guess.readings[0].reading).view(), 0);
  }
  return guess;
}

}  // namespace aapp::inspect

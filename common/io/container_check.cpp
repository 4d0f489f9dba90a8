#include "common/io/container_check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "common/audio/pcm_format.h"
#include "common/audio/stream_spec.h"
#include "common/io/descriptor.h"

namespace aapp::io {
namespace {

using audio::ByteOrder;

// Reads that say "not there" instead of failing: a missing byte is a fact about the file.
class Bytes {
 public:
  Bytes(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}

  std::uint64_t size() const { return size_; }
  std::string text(std::uint64_t at, std::size_t count) const {
    std::string bytes(count, '\0');
    const ssize_t got = ::pread(descriptor_, bytes.data(), count, static_cast<off_t>(at));
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }
  std::optional<std::uint64_t> number(std::uint64_t at, std::size_t count, ByteOrder order) const {
    const std::string bytes = text(at, count);
    if (bytes.size() < count) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from_top = order == ByteOrder::big ? i : count - 1 - i;
      value = value << 8U | static_cast<unsigned char>(bytes[from_top]);
    }
    return value;
  }

 private:
  int descriptor_;
  std::uint64_t size_;
};

// How a chunked container writes its chunks: an identifier, a size, the content, padding.
struct ChunkLayout {
  std::size_t id_bytes, size_bytes;
  ByteOrder order;
  std::uint64_t first_chunk, alignment;
  std::uint64_t size_counts;  // how many bytes of the chunk's own header its size includes
  std::string_view format_id, data_id;
  std::uint64_t channels_at;  // inside the format chunk
  std::size_t channels_bytes;
  std::uint64_t rate_at;  // in 4 bytes; 0 where it is not an integer
};

constexpr ChunkLayout kRiff{4, 4, ByteOrder::little, 12, 2, 0, "fmt ", "data", 2, 2, 4};
constexpr ChunkLayout kRifx{4, 4, ByteOrder::big, 12, 2, 0, "fmt ", "data", 2, 2, 4};
constexpr ChunkLayout kAiff{4, 4, ByteOrder::big, 12, 2, 0, "COMM", "SSND", 0, 2, 0};
constexpr ChunkLayout kWave64{16, 8, ByteOrder::little, 40, 8, 24, "fmt ", "data", 2, 2, 4};
constexpr ChunkLayout kCaf{4, 8, ByteOrder::big, 8, 1, 0, "desc", "data", 24, 4, 0};

const ChunkLayout* layout_of(const Bytes& file) {
  const std::string head = file.text(0, 4);
  if ((head == "RIFF" && file.text(8, 4) == "WAVE") || head == "RF64") return &kRiff;
  if (head == "RIFX") return &kRifx;
  if (head == "FORM") return &kAiff;
  if (head == "riff") return &kWave64;
  if (head == "caff") return &kCaf;
  return nullptr;
}

bool means_unknown_length(const ChunkLayout& layout, std::uint64_t size) {
  if (layout.size_bytes == 8) return size == ~std::uint64_t{0};
  return size == 0xFFFFFFFFU || size == 0x80000000U || size == 0x7FFFF000U;
}

// In RF64 the data chunk says 0xFFFFFFFF and the real size stands in ds64, always the first chunk.
std::uint64_t rf64_data_bytes(const Bytes& file, std::uint64_t size) {
  if (file.text(0, 4) != "RF64" || file.text(12, 4) != "ds64") return size;
  return file.number(28, 8, ByteOrder::little).value_or(size);
}

Result<void> check_data_chunk(const Bytes& file, const ChunkLayout& layout, std::uint64_t at,
                              std::uint64_t size, const std::string& path) {
  const std::uint64_t there = file.size() - std::min(at, file.size());
  const std::uint64_t declared = rf64_data_bytes(file, size);
  if (declared <= there || means_unknown_length(layout, declared)) return {};
  return fail(ErrorCode::unreadable,
              "{}: declares {} bytes of audio but holds {}; the file is truncated: copy or record it again",
              path, declared, there);
}

Result<void> check_format_chunk(const Bytes& file, const ChunkLayout& layout, std::uint64_t at,
                                const std::string& path) {
  if (file.number(at + layout.channels_at, layout.channels_bytes, layout.order).value_or(1) == 0) {
    return fail(ErrorCode::unreadable, "{}: declares 0 channels; must be 1 to {}", path, audio::kMaxChannels);
  }
  if (layout.rate_at != 0 && file.number(at + layout.rate_at, 4, layout.order).value_or(1) == 0) {
    return fail(ErrorCode::unreadable, "{}: sample rate is 0 Hz; must be {} to {}", path, audio::kMinRateHz,
                audio::kMaxRateHz);
  }
  return {};
}

struct Chunks {
  std::optional<std::uint64_t> format_at{}, audio_at{};  // where their content begins
  std::uint64_t audio_bytes = 0;                         // as the chunk says
};

// A chain of chunks that breaks off before the audio is left to the decoder, which must find it to open the
// file at all.
Chunks find_chunks(const Bytes& file, const ChunkLayout& layout) {
  const std::uint64_t header = layout.id_bytes + layout.size_bytes;
  constexpr int kMaxChunks = 10000;  // a file of nothing but empty chunks ends the search here
  std::uint64_t at = layout.first_chunk;
  Chunks chunks;
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const std::string id = file.text(at, 4);
    const auto stored = file.number(at + layout.id_bytes, layout.size_bytes, layout.order);
    if (!stored) break;
    const std::uint64_t content = at + header;
    const std::uint64_t size = *stored - std::min(*stored, layout.size_counts);
    if (id == layout.format_id) chunks.format_at = content;
    if (id == layout.data_id) {
      chunks.audio_at = content;
      chunks.audio_bytes = size;
      break;
    }
    if (size >= file.size() || content + size >= file.size()) break;
    at = content + (size + layout.alignment - 1) / layout.alignment * layout.alignment;
  }
  return chunks;
}

Result<void> check_chunks(const Bytes& file, const ChunkLayout& layout, const std::string& path) {
  const Chunks chunks = find_chunks(file, layout);
  if (chunks.format_at) {
    if (auto checked = check_format_chunk(file, layout, *chunks.format_at, path); !checked) return checked;
  }
  if (!chunks.audio_at) return {};
  return check_data_chunk(file, layout, *chunks.audio_at, chunks.audio_bytes, path);
}

// The fields of a WAVEFORMAT, which WAV, RF64 and W64 share.
void read_wave_format(const Bytes& file, const ChunkLayout& layout, std::uint64_t at, ContainerFacts& facts) {
  const auto field = [&](std::uint64_t offset, std::size_t bytes) {
    return static_cast<std::int64_t>(file.number(at + offset, bytes, layout.order).value_or(0));
  };
  facts.wave = WaveFormat{.tag = static_cast<int>(field(0, 2)),
                          .channels = static_cast<int>(field(2, 2)),
                          .rate_hz = field(4, 4),
                          .bytes_per_second = field(8, 4),
                          .frame_bytes = static_cast<int>(field(12, 2)),
                          .bits = static_cast<int>(field(14, 2))};
}

// A FLAC frame codes at most 65535 frames of audio and takes at least 8 bytes (header 6, one constant
// subframe, CRC).
Result<void> check_flac(const Bytes& file, const std::string& path) {
  constexpr std::uint64_t kFramesPerByte = 65535 / 8, kTotalBits = 36;
  const auto packed = file.number(4 + 4 + 10, 8, ByteOrder::big);
  if (!packed) return {};
  const std::uint64_t declared = *packed & ((std::uint64_t{1} << kTotalBits) - 1);
  if (declared / kFramesPerByte <= file.size()) return {};
  return fail(ErrorCode::unreadable,
              "{}: declares {} frames, more than its {} bytes can code; the file is truncated: copy or "
              "record it again",
              path, declared, file.size());
}

// Where the last page that starts in the file ends, against where the file ends.
Result<void> check_ogg(const Bytes& file, const std::string& path) {
  constexpr std::uint64_t kHeader = 27, kMaxSegments = 255, kMaxPage = kHeader + kMaxSegments * 256;
  const std::uint64_t from = file.size() - std::min(file.size(), kMaxPage);
  const std::string end = file.text(from, kMaxPage);
  const std::size_t last = end.rfind("OggS");
  if (last == std::string::npos) return {};
  std::size_t page_end = last + kHeader;
  if (page_end <= end.size()) {
    const auto segments = static_cast<unsigned char>(end[last + kHeader - 1]);
    page_end += segments;
    for (std::size_t i = last + kHeader; i < std::min(end.size(), last + kHeader + segments); ++i) {
      page_end += static_cast<unsigned char>(end[i]);
    }
  }
  if (page_end <= end.size()) return {};
  return fail(ErrorCode::unreadable,
              "{}: ends {} bytes before its last page does; the file is truncated: copy or record it again",
              path, page_end - end.size());
}

}  // namespace

Result<ContainerFacts> read_container(const std::string& path) {
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::unreadable, "{}: cannot be opened as a file: {}", path, std::strerror(errno));
  }
  const Bytes file(descriptor.get(), static_cast<std::uint64_t>(status.st_size));
  ContainerFacts facts{.file_bytes = file.size()};
  const ChunkLayout* layout = layout_of(file);
  if (layout == nullptr) return facts;
  const Chunks chunks = find_chunks(file, *layout);
  const bool wave = layout == &kRiff || layout == &kRifx || layout == &kWave64;
  if (wave && chunks.format_at) read_wave_format(file, *layout, *chunks.format_at, facts);
  if (!chunks.audio_at) return facts;
  const std::uint64_t declared = rf64_data_bytes(file, chunks.audio_bytes);
  // AIFF puts offset and block size, CAF an edit count before the samples.
  const std::uint64_t preface = layout == &kAiff ? 8 : layout == &kCaf ? 4 : 0;
  facts.audio_at = *chunks.audio_at + preface;
  facts.length_unknown = means_unknown_length(*layout, declared);
  facts.declared_bytes = declared - std::min(declared, preface);
  facts.held_bytes = file.size() - std::min(file.size(), *facts.audio_at);
  return facts;
}

Result<void> check_container(int descriptor, const std::string& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::unreadable, "{}: is not a regular file; use - to read from standard input", path);
  }
  const Bytes file(descriptor, static_cast<std::uint64_t>(status.st_size));
  if (file.size() == 0) return fail(ErrorCode::unreadable, "{}: is empty (0 bytes); must hold audio", path);
  if (const ChunkLayout* layout = layout_of(file)) return check_chunks(file, *layout, path);
  const std::string head = file.text(0, 4);
  if (head == "fLaC") return check_flac(file, path);
  if (head == "OggS") return check_ogg(file, path);
  return {};
}

}  // namespace aapp::io

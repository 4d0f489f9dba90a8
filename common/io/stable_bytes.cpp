#include "common/io/stable_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace aapp::io {
namespace {

// Ogg pages (RFC 3533): "OggS", ..., serial number at 14, checksum at 22, number of segments at 26, segment
// sizes at 27.
constexpr std::size_t kSerialAt = 14, kChecksumAt = 22, kSegmentsAt = 26, kPageHeader = 27;
constexpr std::size_t kMaxSegments = 255, kMaxPage = kPageHeader + kMaxSegments * 256;

// CRC-32 with polynomial 0x04c11db7, most significant bit first, no inversion.
std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t r = i << 24U;
    for (int bit = 0; bit < 8; ++bit) r = (r << 1U) ^ ((r >> 31U) != 0 ? 0x04c11db7U : 0U);
    table[i] = r;
  }
  return table;
}

std::uint32_t page_checksum(const unsigned char* page, std::size_t size) {
  static const std::array<std::uint32_t, 256> table = make_crc_table();
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < size; ++i) crc = (crc << 8U) ^ table[(crc >> 24U) ^ page[i]];
  return crc;
}

void store_little_endian(std::uint32_t value, unsigned char* to) {
  for (unsigned i = 0; i < 4; ++i) to[i] = static_cast<unsigned char>(value >> (8 * i));
}

std::size_t page_size(const unsigned char* page) {
  std::size_t size = kPageHeader + page[kSegmentsAt];
  for (std::size_t i = 0; i < page[kSegmentsAt]; ++i) size += page[kPageHeader + i];
  return size;
}

Result<void> write_at(int descriptor, const unsigned char* bytes, std::size_t size, off_t at,
                      const std::string& path) {
  if (::pwrite(descriptor, bytes, size, at) == static_cast<ssize_t>(size)) return {};
  return fail(ErrorCode::failed, "{}: cannot be written: {}", path, std::strerror(errno));
}

Result<void> renumber_ogg(int descriptor, const std::string& path) {
  std::vector<unsigned char> page(kMaxPage);
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(descriptor, page.data(), page.size(), at);
    if (got == 0) return {};
    const bool whole = got >= static_cast<ssize_t>(kPageHeader) && std::memcmp(page.data(), "OggS", 4) == 0 &&
                       page_size(page.data()) <= static_cast<std::size_t>(got);
    if (!whole) return fail(ErrorCode::failed, "{}: the encoder left a broken Ogg page at byte {}", path, at);
    const std::size_t size = page_size(page.data());
    store_little_endian(1, &page[kSerialAt]);
    store_little_endian(0, &page[kChecksumAt]);
    store_little_endian(page_checksum(page.data(), size), &page[kChecksumAt]);
    if (auto written = write_at(descriptor, page.data(), kPageHeader, at, path); !written) return written;
    at += static_cast<off_t>(size);
  }
}

// libsndfile writes the PEAK chunk among the first of the header: identifier, size, version, time, peaks. It
// becomes a JUNK chunk of zeros, which readers skip.
Result<void> drop_peak_chunk(int descriptor, const std::string& path) {
  constexpr std::size_t kHeader = 4096, kChunkHeader = 8;
  std::vector<unsigned char> header(kHeader);
  const ssize_t got = ::pread(descriptor, header.data(), header.size(), 0);
  if (got <= 0) return fail(ErrorCode::failed, "{}: cannot be read back: {}", path, std::strerror(errno));
  const std::string_view text(reinterpret_cast<const char*>(header.data()), static_cast<std::size_t>(got));
  const std::size_t peak = text.find("PEAK"), data = text.find("data");
  if (data == std::string_view::npos || peak > data) return {};
  std::memcpy(&header[peak], "JUNK", 4);
  std::fill(header.begin() + static_cast<std::ptrdiff_t>(peak + kChunkHeader),
            header.begin() + static_cast<std::ptrdiff_t>(data), static_cast<unsigned char>(0));
  return write_at(descriptor, &header[peak], data - peak, static_cast<off_t>(peak), path);
}

}  // namespace

Result<void> make_bytes_repeatable(int descriptor, const std::string& path, const std::string& container) {
  if (container == "ogg" || container == "opus") return renumber_ogg(descriptor, path);
  if (container == "rf64") return drop_peak_chunk(descriptor, path);
  return {};
}

}  // namespace aapp::io

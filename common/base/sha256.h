// SHA-256 of bytes that arrive in pieces, for telling which file a preset was fitted to. Not for secrets: no
// defence against timing. Source: FIPS 180-4, section 6.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/error.h"

namespace aapp {

class Sha256 {
 public:
  void update(std::span<const std::byte> bytes);
  // 64 lower-case hexadecimal digits. Once, at the end.
  std::string finish();

 private:
  void compress(const std::byte* block);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> held_{};
  std::size_t held_count_ = 0;
  std::uint64_t total_bytes_ = 0;
};

// Of a file's bytes, read in pieces.
Result<std::string> sha256_of_file(const std::string& path);

}  // namespace aapp

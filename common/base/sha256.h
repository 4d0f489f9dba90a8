// SHA-256 of bytes that arrive in pieces, by nettle, for telling which file a preset was fitted to.
#pragma once

#include <nettle/sha2.h>

#include <cstddef>
#include <span>
#include <string>

#include "common/base/error.h"

namespace aapp {

class Sha256 {
 public:
  Sha256() { sha256_init(&state_); }
  void update(std::span<const std::byte> bytes);
  // 64 lower-case hexadecimal digits. Once, at the end.
  std::string finish();

 private:
  sha256_ctx state_;
};

// Of a file's bytes, read in pieces.
Result<std::string> sha256_of_file(const std::string& path);

}  // namespace aapp

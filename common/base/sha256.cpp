#include "common/base/sha256.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace aapp {

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

void Sha256::update(std::span<const std::byte> bytes) {
  sha256_update(&state_, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

std::string Sha256::finish() {
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&state_, digest.size(), digest.data());
  std::string hex;
  for (const std::uint8_t byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

Result<std::string> sha256_of_file(const std::string& path) {
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
  if (!file) return fail(ErrorCode::unreadable, "{}: {}", path, std::strerror(errno));
  Sha256 hash;
  std::vector<std::byte> bytes(1 << 16);
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file.get()))
    hash.update({bytes.data(), count});
  if (std::ferror(file.get()) != 0)
    return fail(ErrorCode::unreadable, "{}: could not be read to its end", path);
  return hash.finish();
}

}  // namespace aapp

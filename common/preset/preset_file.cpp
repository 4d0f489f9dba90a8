#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  const std::unique_ptr<std::FILE, CloseFile> file(
      std::fopen(path == "-" ? "/dev/stdin" : path.c_str(), "rb"));
  if (!file) return fail(ErrorCode::unreadable, "{}: cannot be opened: {}", path, std::strerror(errno));
  // Bit by bit: touching the memory that the longest file needs takes longer than all the rest.
  std::string text;
  std::array<char, 4096> part;
  while (text.size() <= max_bytes) {
    const std::size_t got = std::fread(part.data(), 1, part.size(), file.get());
    if (got == 0) break;
    text.append(part.data(), got);
  }
  if (std::ferror(file.get()) != 0) {
    return fail(ErrorCode::unreadable, "{}: cannot be read: {}", path, std::strerror(errno));
  }
  return text;
}

}  // namespace

Result<Preset> load_preset(const std::string& path) {
  const Result<std::string> text = read_text_file(path, kMaxPresetBytes);
  if (!text) return tl::unexpected(text.error());
  return parse_preset(*text, path == "-" ? "stdin" : path);
}

Result<void> save_preset(const Preset& preset, const std::string& path, Overwrite overwrite) {
  const std::string text = format_preset(preset);
  if (const Result<Preset> readable = parse_preset(text, path); !readable)
    return tl::unexpected(readable.error());
  if (path == "-") return write_all(STDOUT_FILENO, text, "stdout");
  return write_file(path, text, overwrite);
}

}  // namespace aapp::preset

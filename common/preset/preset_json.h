// Presets as JSON text and files (the contract of docs/preset-format.md). Reading is strict: unknown keys, wrong types,
// values out of range, duplicates, deep nesting and oversized documents are each refused in one sentence that names
// file, JSON pointer, value, range and the nearest known name. Numbers are written so that they read back to the same
// bits; the same preset gives the same bytes.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.h"
#include "common/preset/preset.h"

namespace aapp::preset {

inline constexpr int kFormatVersion = 1;
inline constexpr std::size_t kMaxPresetBytes = 4u << 20;

// `source` names the text in messages (a file name). Older versions are migrated (migrate.h).
Result<Preset> parse_preset(std::string_view text, std::string_view source);
std::string format_preset(const Preset& preset);

// Reads at most kMaxPresetBytes.
Result<Preset> load_preset(const std::string& path);
enum class Overwrite { refuse, replace };
// Through a temporary file beside `path`.
Result<void> save_preset(const Preset& preset, const std::string& path, Overwrite overwrite);

}  // namespace aapp::preset

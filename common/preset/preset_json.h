// Presets as JSON text and files (the contract of docs/preset-format.md). Reading is strict: unknown keys,
// wrong types, values out of range, duplicates, deep nesting and oversized documents are each refused in one
// sentence that names file, JSON pointer, value, range and the nearest known name. Numbers are written so
// that they read back to the same bits; the same preset gives the same bytes. Every parameter is written,
// also those that hold their default.
#pragma once

#include <string>
#include <string_view>

#include "common/base/atomic_file.h"
#include "common/base/error.h"
#include "common/preset/migrate.h"
#include "common/preset/preset.h"

namespace aapp::preset {

inline constexpr std::string_view kFormatName = "aapp-preset";
inline constexpr int kFormatVersion = 1;
inline constexpr std::size_t kMaxPresetBytes = 4u << 20;

// `source` names the text in messages (a file name). Older versions are migrated (migrate.h). Errors are
// ErrorCode::preset_invalid.
Result<Preset> parse_preset(std::string_view text, std::string_view source,
                            const FormatVersions& versions = format_versions());
// Requires finite parameters, and objects in fit_json and provenance_json (or ""); what is not an object is
// left out.
std::string format_preset(const Preset& preset);

// Reads at most kMaxPresetBytes; "-" is standard input. A file that cannot be read is ErrorCode::unreadable.
Result<Preset> load_preset(const std::string& path);
using aapp::Overwrite;
// Through a temporary file beside `path`; "-" is standard output. Refuses to write what parse_preset would
// refuse to read.
Result<void> save_preset(const Preset& preset, const std::string& path, Overwrite overwrite);

}  // namespace aapp::preset

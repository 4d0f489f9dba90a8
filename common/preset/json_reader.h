// Strict JSON: text to a document, bounded so that no input costs much. What JSON leaves open is refused
// here: keys that appear twice, deep nesting, numbers too large for a double, invalid UTF-8. Syntax errors
// name line and column.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace aapp::preset {

inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxJsonKeys = 1000;  // of one object

// `source` names the text in messages. Errors are ErrorCode::preset_invalid. Keys keep the order of the text.
Result<nlohmann::ordered_json> read_json(std::string_view text, std::string_view source);

// A value as messages show it: numbers and short strings as written, longer ones cut, "an object", "a list".
std::string show_json(const nlohmann::ordered_json& value);

// One step of a JSON pointer (RFC 6901), with its slash.
std::string pointer_step(std::string_view key);
std::string pointer_step(std::size_t index);

}  // namespace aapp::preset

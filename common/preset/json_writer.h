// JSON as aapp writes it for people and for comparing bytes: two spaces of indent, what fits on a line stands
// on one line, numbers in the shortest form that reads back to the same bits, keys in the order given.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace aapp::preset {

inline constexpr std::size_t kJsonLineWidth = 110;

// Ends with a newline. Numbers must be finite; strings that are not UTF-8 get replacement characters.
std::string write_json(const nlohmann::ordered_json& document);

}  // namespace aapp::preset

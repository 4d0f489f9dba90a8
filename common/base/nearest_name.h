// Which known name a mistyped one was meant to be: what "did you mean" hints are made of.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace aapp {

// Insertions, deletions, replacements and swaps of neighbours that lead from a to b (optimal string
// alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of the known names that is nearest to `name`, or "" when none is near: at most a third of the
// longer name's letters (but always one) may differ.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// "; did you mean \"ratio\"?" or "".
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace aapp

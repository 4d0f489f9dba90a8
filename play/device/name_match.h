// Device names by part: what `--device usb` means.
#pragma once

#include <algorithm>
#include <cctype>
#include <string_view>

namespace aapp::play {

// True when `name` contains `part`, whatever the case of ASCII letters. The empty part is in every name.
inline bool name_contains(std::string_view name, std::string_view part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(name.begin(), name.end(), part.begin(), part.end(), same) != name.end();
}

}  // namespace aapp::play

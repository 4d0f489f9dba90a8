// The version of aapp, as CMake's project() states it.
#pragma once

#include <string_view>

namespace aapp {

// "0.1.0"
std::string_view version();

}  // namespace aapp

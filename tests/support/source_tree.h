// Where the project's own files and programs are, for tests that read them. The build gives the two places to
// the tests that ask for them (tests/CMakeLists.txt).
#pragma once

#include <filesystem>
#include <string>

namespace aapp::test {

inline std::string source_path(const std::string& relative) {
  return (std::filesystem::path(AAPP_SOURCE_DIR) / relative).string();
}

// aapp-analyze, aapp-play.
inline std::string program_path(const std::string& name) {
  return (std::filesystem::path(AAPP_PROGRAM_DIR) / name).string();
}

}  // namespace aapp::test

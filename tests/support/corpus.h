// Real recordings for the tests that want them: the audio files in the folder that AAPP_CORPUS names.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aapp::test {

inline std::optional<std::filesystem::path> corpus_folder() {
  const char* folder = std::getenv("AAPP_CORPUS");
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  return std::filesystem::path(folder);
}

// Its WAV and FLAC files, sorted by name.
inline std::vector<std::string> corpus_files() {
  std::vector<std::string> files;
  const auto folder = corpus_folder();
  if (!folder) return files;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".flac" || extension == ".wav") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace aapp::test

// First line of a test that needs the recordings.
#define AAPP_REQUIRE_CORPUS()                                                  \
  do {                                                                         \
    if (!::aapp::test::corpus_folder())                                        \
      GTEST_SKIP() << "set AAPP_CORPUS to a folder of recordings to run this"; \
  } while (false)

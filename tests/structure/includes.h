// Reads the #include lines of the project's sources.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace aapp::test {

struct Include {
  std::string file;    // relative to the root: "common/dsp/fft.cpp"
  std::string target;  // as written: "common/base/units.h", "fftw3.h"
  bool quoted = false;
};

inline std::vector<Include> includes_of(const std::filesystem::path& path, const std::string& name) {
  std::vector<Include> includes;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    const auto word = line.find("include", hash);
    const auto open = line.find_first_of("<\"", word);
    if (word == std::string::npos || open == std::string::npos) continue;
    const bool quoted = line[open] == '"';
    const auto close = line.find(quoted ? '"' : '>', open + 1);
    includes.push_back({name, line.substr(open + 1, close - open - 1), quoted});
  }
  return includes;
}

// The .h and .cpp files of the three trees of sources under `root`, relative to it and sorted.
inline std::vector<std::string> source_files(const std::filesystem::path& root) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const char* tree : {"common", "analyze", "play"}) {
    if (!fs::exists(root / tree)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / tree)) {
      const auto extension = entry.path().extension();
      if (extension == ".h" || extension == ".cpp")
        files.push_back(fs::relative(entry.path(), root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::vector<Include> project_includes(const std::filesystem::path& root) {
  std::vector<Include> all;
  for (const std::string& file : source_files(root)) {
    for (Include& include : includes_of(root / file, file)) all.push_back(std::move(include));
  }
  return all;
}

}  // namespace aapp::test

// Notices that a file was saved, by looking at it now and then: works on every file system, through renames
// by editors, and for a file that is gone for a while.
#pragma once

#include <cstdint>
#include <string>

namespace aapp::play {

class FileWatch {
 public:
  // What the file is now counts as seen.
  explicit FileWatch(std::string path);

  const std::string& path() const { return path_; }
  // True once for each change of a regular file that is there; a missing one is waited for.
  bool changed();

 private:
  struct Stamp {
    std::int64_t modified_ns = 0;
    std::int64_t size = -1;  // -1: not there
    std::uint64_t inode = 0;
    bool operator==(const Stamp&) const = default;
  };
  Stamp stamp() const;

  std::string path_;
  Stamp seen_;
};

}  // namespace aapp::play

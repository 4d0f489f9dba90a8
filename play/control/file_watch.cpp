#include "play/control/file_watch.h"

#include <sys/stat.h>

#include <utility>

namespace aapp::play {

FileWatch::FileWatch(std::string path) : path_(std::move(path)), seen_(stamp()) {}

FileWatch::Stamp FileWatch::stamp() const {
  struct stat facts {};
  if (stat(path_.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {};
  return {
      .modified_ns = static_cast<std::int64_t>(facts.st_mtim.tv_sec) * 1'000'000'000 + facts.st_mtim.tv_nsec,
      .size = static_cast<std::int64_t>(facts.st_size),
      .inode = facts.st_ino};
}

bool FileWatch::changed() {
  const Stamp now = stamp();
  if (now.size < 0 || now == seen_) return false;
  seen_ = now;
  return true;
}

}  // namespace aapp::play

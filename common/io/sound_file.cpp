#include "common/io/sound_file.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace aapp::io {

OpenedSoundFile open_sound_file(int descriptor, int mode, SF_INFO& info) {
  // libsndfile (1.2.0) closes what it cannot open even where it is told to leave that open, and by then the
  // number may be another file's. So it gets one of its own to close.
  const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return {nullptr, std::strerror(errno)};
  // It keeps the error of a failed open in a global: files opened by several threads would read each other's.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  SoundFile file(sf_open_fd(own, mode, &info, SF_TRUE));
  return {std::move(file), file ? std::string() : std::string(sf_strerror(nullptr))};
}

}  // namespace aapp::io

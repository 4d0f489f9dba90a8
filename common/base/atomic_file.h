// Output that appears whole or not at all: bytes go to a temporary file beside the target, which is renamed
// over it when everything has been written. It stands in base because presets and reports are written this
// way as well as audio.
//
// The temporary file is removed by the destructor, that is, by normal unwinding: programs turn SIGINT and
// SIGTERM into a flag (interrupt.h) that every long loop polls, so Ctrl-C unwinds as an error would. Only
// SIGKILL or a crash can leave the file `.NAME.PID-N.part` behind.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.h"

namespace aapp {

enum class Overwrite { refuse, replace };

// Whether `target` could be written: refuses an existing file unless `replace`, anything that is not a
// regular file (a folder, /dev/null), and a folder that does not exist. For checks before long work; commit
// checks again.
Result<void> check_target(const std::string& target, Overwrite overwrite);

class AtomicFile {
 public:
  // Makes the temporary file, open for reading and writing. A symbolic link is followed: what it points at is
  // replaced, not the link.
  static Result<AtomicFile> create(const std::string& target, Overwrite overwrite);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&& other) noexcept;
  ~AtomicFile();

  // The open descriptor; owned by this object, valid until commit or destruction.
  int descriptor() const { return descriptor_; }
  // The name it was asked for, as messages should show it.
  const std::string& target() const { return target_; }

  Result<void> write(std::string_view bytes);
  // Closes and renames. With `refuse`, a target that appeared meanwhile stays as it is and commit fails.
  Result<void> commit();

 private:
  AtomicFile() = default;
  void discard() noexcept;

  std::string target_, final_path_, temporary_path_;  // temporary_path_ "" once committed or moved from
  Overwrite overwrite_ = Overwrite::refuse;
  int descriptor_ = -1;
};

// Content that is already in memory, in one call.
Result<void> write_file(const std::string& target, std::string_view content, Overwrite overwrite);

// All of `bytes` to a descriptor, whatever the kernel takes at once. `name` is for the message.
Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name);

}  // namespace aapp

#include "common/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/base/interrupt.h"

namespace aapp {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> already_exists(const std::string& target) {
  return fail(ErrorCode::failed, "{}: exists already; use --force to replace it", target);
}

tl::unexpected<Error> cannot_write(const std::string& target, int error) {
  return fail(ErrorCode::failed, "{}: cannot be written: {}", target, std::strerror(error));
}

// The file behind a chain of symbolic links, so that a link stays a link.
std::string behind_links(const std::string& target) {
  std::error_code ignored;
  if (!fs::is_symlink(target, ignored)) return target;
  const fs::path resolved = fs::weakly_canonical(target, ignored);
  return ignored ? target : resolved.string();
}

std::string temporary_name(const std::string& path, int attempt) {
  const fs::path target(path);
  return (target.parent_path() /
          fmt::format(".{}.{}-{}.part", target.filename().string(), ::getpid(), attempt))
      .string();
}

// rename(2) that never replaces. File systems without RENAME_NOREPLACE get the check and the rename one after
// the other.
int rename_if_absent(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  if (::access(to, F_OK) == 0) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from, to);
}

}  // namespace

Result<void> check_target(const std::string& target, Overwrite overwrite) {
  const fs::path path(target);
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) return fail(ErrorCode::failed, "{}: is a folder; name a file in it", target);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return fail(ErrorCode::failed, "{}: is not a regular file; use - to write to standard output", target);
  }
  if (fs::exists(status) && overwrite == Overwrite::refuse) return already_exists(target);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, ignored)) {
    return fail(ErrorCode::failed, "{}: folder {} does not exist; create it first", target, folder.string());
  }
  return {};
}

Result<AtomicFile> AtomicFile::create(const std::string& target, Overwrite overwrite) {
  if (auto checked = check_target(target, overwrite); !checked) return tl::unexpected(checked.error());
  AtomicFile file;
  file.target_ = target;
  file.final_path_ = behind_links(target);
  file.overwrite_ = overwrite;
  // The process id keeps programs apart, the count threads of one program and files left by an earlier crash.
  constexpr int kAttempts = 10000;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const std::string name = temporary_name(file.final_path_, attempt);
    file.descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.descriptor_ >= 0) {
      file.temporary_path_ = name;
      return file;
    }
    if (errno != EEXIST) break;
  }
  return cannot_write(target, errno);
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept {
  *this = std::move(other);
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  target_ = std::move(other.target_);
  final_path_ = std::move(other.final_path_);
  temporary_path_ = std::exchange(other.temporary_path_, std::string());
  overwrite_ = other.overwrite_;
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

AtomicFile::~AtomicFile() {
  discard();
}

void AtomicFile::discard() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_path_.empty()) ::unlink(temporary_path_.c_str());
  temporary_path_.clear();
}

Result<void> AtomicFile::write(std::string_view bytes) {
  return write_all(descriptor_, bytes, target_);
}

Result<void> AtomicFile::commit() {
  // close reports what a network file system could not store.
  if (::close(std::exchange(descriptor_, -1)) != 0) return cannot_write(target_, errno);
  const bool renamed = overwrite_ == Overwrite::replace
                           ? ::rename(temporary_path_.c_str(), final_path_.c_str()) == 0
                           : rename_if_absent(temporary_path_.c_str(), final_path_.c_str()) == 0;
  if (!renamed) return errno == EEXIST ? already_exists(target_) : cannot_write(target_, errno);
  temporary_path_.clear();
  return {};
}

Result<void> write_file(const std::string& target, std::string_view content, Overwrite overwrite) {
  return AtomicFile::create(target, overwrite).and_then([&](AtomicFile file) {
    return file.write(content).and_then([&] { return file.commit(); });
  });
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      if (interrupted()) return tl::unexpected(interrupted_error());
      continue;
    }
    if (written < 0) return cannot_write(name, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace aapp

#include "common/io/spool.h"

#include <stdlib.h>  // mkstemp
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "common/base/atomic_file.h"
#include "common/base/interrupt.h"

namespace aapp::io {

Result<Descriptor> make_unnamed_file() {
  std::error_code ignored;
  std::string name = (std::filesystem::temp_directory_path(ignored) / "aapp-XXXXXX").string();
  Descriptor file(::mkstemp(name.data()));
  if (file.get() < 0) {
    return fail(ErrorCode::failed, "{}: no temporary file can be made: {}; set TMPDIR to another folder",
                name, std::strerror(errno));
  }
  ::unlink(name.c_str());
  return file;
}

Result<void> copy_all(int from, const std::string& from_name, int to, const std::string& to_name) {
  std::vector<char> buffer(std::size_t{1} << 16U);
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (interrupted()) return tl::unexpected(interrupted_error());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorCode::unreadable, "{}: cannot be read: {}", from_name, std::strerror(errno));
    if (auto written = write_all(to, {buffer.data(), static_cast<std::size_t>(got)}, to_name); !written)
      return written;
  }
}

}  // namespace aapp::io

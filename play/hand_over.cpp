#include "play/hand_over.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace aapp::play {

Result<void> hand_over_to_live_program(char** argv) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string program = self.parent_path() / "aapp-play-live";
  ::execv(program.c_str(), argv);
  return fail(ErrorCode::failed,
              "{}: cannot be started ({}); it belongs beside aapp-play, install aapp again", program,
              std::generic_category().message(errno));
}

}  // namespace aapp::play

// The exit codes of every aapp program: the one table. docs/exit-codes.md explains them to users, the manual
// pages list them.
#pragma once

#include <array>
#include <string_view>

#include "common/base/error.h"

namespace aapp {

inline constexpr int kExitDone = 0;

struct ExitCode {
  ErrorCode error;
  int code;
  std::string_view meaning;
};

inline constexpr std::array kExitCodes{
    ExitCode{ErrorCode::failed, 1, "the work itself failed: disk full, no convergence"},
    ExitCode{ErrorCode::usage, 2, "the command line makes no sense"},
    ExitCode{ErrorCode::unreadable, 3, "an input is missing, truncated, or not what it claims to be"},
    ExitCode{ErrorCode::preset_invalid, 4, "a preset cannot be played as written"},
    ExitCode{ErrorCode::device_unavailable, 5, "no audio server, no such device, or it refused"},
    ExitCode{ErrorCode::refused, 6, "admission: this machine cannot run the preset in time"},
    ExitCode{ErrorCode::partial, 7, "some of a batch failed, the rest is done"},
    ExitCode{ErrorCode::interrupted, 130, "stopped by the user"},
};

constexpr int exit_code(ErrorCode error) {
  for (const ExitCode& row : kExitCodes) {
    if (row.error == error) return row.code;
  }
  return 1;
}

}  // namespace aapp

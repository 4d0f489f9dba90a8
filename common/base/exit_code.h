// The exit codes of every aapp program: the one table. docs/exit-codes.md explains them to users.
#pragma once

#include "common/base/error.h"

namespace aapp {

inline constexpr int kExitDone = 0;

constexpr int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed: return 1;
    case ErrorCode::usage: return 2;
    case ErrorCode::unreadable: return 3;
    case ErrorCode::preset_invalid: return 4;
    case ErrorCode::device_unavailable: return 5;
    case ErrorCode::refused: return 6;
    case ErrorCode::partial: return 7;
    case ErrorCode::interrupted: return 130;
  }
  return 1;
}

}  // namespace aapp

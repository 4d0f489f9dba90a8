// How anything in aapp fails: an Error carries the class of failure, which decides the exit code, and one
// sentence for people. Functions that can fail return Result<T> up to main; exceptions are caught in the file
// that calls the library that throws them.
//
// A message names what failed, the value found, the limit and the remedy:
//   "vocal.json: /chain/1/params/ratio is 0.5; must be 1 to 20"
#pragma once

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace aapp {

enum class ErrorCode {
  failed,              // the work itself failed: disk full, no convergence
  usage,               // the command line makes no sense
  unreadable,          // input missing, truncated, or not what it claims to be
  preset_invalid,      // a preset that cannot be played as written
  device_unavailable,  // no audio server, no such device, or it refused
  refused,             // admission: the machine cannot run this preset in time
  partial,             // some of a batch failed
  interrupted,         // the user stopped it
};

struct Error {
  ErrorCode code = ErrorCode::failed;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

// return fail(ErrorCode::unreadable, "{}: holds {} channels; at most {}", path, n, max);
template <class... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace aapp

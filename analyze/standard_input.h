// Standard input as a recording that can be opened more than once: fits read theirs several times.
#pragma once

#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/io/raw_pcm.h"

namespace aapp::analyze {

// A copy of what comes through `-`, decoded, in the sample format that it has: a W64 file in $TMPDIR, which
// goes with this object.
class StandardInput {
 public:
  static Result<StandardInput> copy(const std::optional<io::RawSpec>& raw);

  StandardInput(StandardInput&& other) noexcept;
  StandardInput& operator=(StandardInput&&) = delete;
  ~StandardInput();

  const std::string& path() const { return path_; }

 private:
  explicit StandardInput(std::string folder);

  std::string folder_, path_;  // "" once moved from
};

}  // namespace aapp::analyze

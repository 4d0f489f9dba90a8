// Is this PCM what it claims to be? One pass over a recording with every check, in memory that does not grow
// with its length, and what the file's header says beside what is there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyze/inspect/finding.h"
#include "analyze/inspect/level_check.h"
#include "common/audio/block_source.h"
#include "common/io/container_check.h"

namespace aapp::inspect {

struct Inspection {
  Subject subject{};
  std::optional<io::ContainerFacts> container{};  // none for pipes
  std::int64_t frames = 0;                        // as counted
  std::vector<ChannelLevels> channels{};
  std::optional<int> used_bits{};        // of integers
  std::optional<double> bandwidth_hz{};  // where the sound ends; none: it reaches Nyquist or fades out
  std::string size_formula{};
  Findings findings{};

  bool has_fault() const;
};

// Called with the seconds of sound done so far; false stops with ErrorCode::interrupted.
using InspectProgress = std::function<bool(double seconds_done)>;

// `path` may be `-`. Fails only for what is no file or cannot be opened; a file that cannot be decoded is an
// inspection with a finding.
Result<Inspection> inspect_file(const std::string& path, const std::optional<io::RawSpec>& raw,
                                const InspectProgress& progress = {});

}  // namespace aapp::inspect

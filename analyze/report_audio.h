// Sound for a report's players: the first minute, equally loud, as MP3 inside the page, which every browser
// plays.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/report/page.h"
#include "analyze/report/recording_pictures.h"
#include "common/preset/preset.h"

namespace aapp::analyze {

struct Listened {
  std::string label;
  std::string path;
  std::optional<Preset> preset{};  // it is played through
  std::size_t recording = 0;       // which of the report's recordings it is: for its loudness and peak
};

// All at the loudness at which none of them goes beyond -1 dBFS. Silent ones stay as they are. Fails for more
// than two channels.
Result<std::vector<report::Player>> make_players(std::span<const Listened> sounds,
                                                 std::span<const report::Recording> recordings);

}  // namespace aapp::analyze

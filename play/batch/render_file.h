// One file through a chain: opened, brought to another rate or number of channels if asked, played through
// the preset, brought to a loudness if asked, and written. What `render` and `convert` do to each of their
// files; the chain and its processing are the ones that play live.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/chain/render.h"
#include "common/io/open_audio.h"
#include "common/preset/preset.h"
#include "play/batch/batch_plan.h"

namespace aapp::play {

struct RenderSettings {
  Preset preset{};                // an empty chain passes audio through
  std::optional<int> rate_hz{};   // none: the file's own rate
  std::optional<int> channels{};  // none: the file's own
  std::string container{};        // "": as the output's extension says
  // "": the input's, or the closest that the container has. If the preset makes that clip: float, where the
  // container has it.
  std::string sample_format{};
  std::optional<double> normalize_lufs{};
  chain::Tail tail = chain::Tail::cut;
  audio::Dither dither = audio::Dither::none;
  Overwrite overwrite = Overwrite::refuse;
  std::optional<io::RawSpec> raw{};
};

// What --normalize did: the gain is the difference, with no limit; see FileReport::peak_db for what it led
// to.
struct Normalization {
  std::optional<double> measured_lufs{};  // none: silence, left as it is
  double gain_db = 0.0;
};

struct FileReport {
  io::FileInfo input{};
  std::string output{};
  io::FileFormat format{};
  int rate_hz = 0, channels = 0;
  std::int64_t frames = 0;
  float peak = 0.0F;                   // largest |sample| written
  std::int64_t clipped_samples = 0;    // beyond what the sample format holds
  std::int64_t spared_samples = 0;     // would have clipped in the input's format: float was written instead
  std::int64_t non_finite_input = 0;   // NaN or infinite: played as 0
  std::int64_t non_finite_output = 0;  // made by the chain: written as 0
  std::optional<Normalization> normalization{};
};

// Called with the share of this file that is done, 0 to 1 (0 throughout where a pipe does not tell its
// length); false stops with ErrorCode::interrupted.
using FileProgress = std::function<bool(double share)>;

Result<FileReport> render_file(const Job& job, const RenderSettings& settings,
                               const FileProgress& progress = {});

}  // namespace aapp::play

// What `render` and `convert` share: files in, files out. Plan, run, report.
#pragma once

#include <string>
#include <vector>

#include "common/cli/common_options.h"
#include "play/batch/render_file.h"

namespace aapp::play {

struct BatchAppOptions {
  std::vector<std::string> inputs{};
  std::string output{};
  std::string container{};      // --format
  std::string sample_format{};  // --sample-format
  std::string raw{};            // --raw ENCODING:RATE:CHANNELS
  int rate_hz = 0;              // --rate; 0 keeps each file's own
  int jobs = 0;                 // -j; 0: one per processor
  bool force = false;
  bool dither = false;
  cli::CommonOptions common{};
};

struct BatchWork {
  std::string verb{};         // "render"
  std::string preset_name{};  // as given; "" for convert
  RenderSettings settings{};  // what the verb adds to BatchAppOptions
};

// Every file through the same work; text or JSON on stdout (on stderr where stdout carries the audio).
Result<void> run_batch_app(const BatchAppOptions& options, BatchWork work);

}  // namespace aapp::play

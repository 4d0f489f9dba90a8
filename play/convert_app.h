// aapp-play convert: another container, sample format, rate or number of channels; no preset.
#pragma once

#include "play/batch_app.h"

namespace aapp::play {

struct ConvertAppOptions {
  BatchAppOptions batch{};  // one input
  std::string input{};
  int channels = 0;  // --channels; 0 keeps
};

Result<void> run_convert(const ConvertAppOptions& options);

}  // namespace aapp::play

// aapp-play render: files and folders through a preset.
#pragma once

#include <optional>
#include <string>

#include "play/batch_app.h"

namespace aapp::play {

struct RenderAppOptions {
  std::string preset{};  // a name or a path
  BatchAppOptions batch{};
  bool keep_rate = false;  // --keep-rate: says what is the default, and forbids --rate
  bool tail = false;       // --tail: also what rings on after the end
  std::optional<double> normalize_lufs{};
};

Result<void> run_render(const RenderAppOptions& options);

}  // namespace aapp::play

// Reading presets of earlier format versions: each step rewrites the JSON text of one version into the next,
// and only the newest version is ever parsed into a Preset. Version 1 is the first that was released, so
// there are no steps yet; a step is added here together with kFormatVersion whenever the format changes in a
// way that old readers or old files would misread. A new effect or a new parameter with a default is no such
// change.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace aapp::preset {

struct MigrationStep {
  int from_version = 0;  // leads to from_version + 1
  // JSON text in, JSON text out; states the new version in it. Errors name `source`.
  std::function<Result<std::string>(std::string_view text, std::string_view source)> rewrite;
};

// What this program can read: its own version, and the older ones from which the steps lead there without a
// gap.
struct FormatVersions {
  int current = 1;
  std::span<const MigrationStep> steps{};

  int oldest() const;
};

// The released versions.
FormatVersions format_versions();

// The text of `version` as text of versions.current, step by step. Fails on a version that is newer ("update
// aapp") or older than any step.
Result<std::string> migrate(std::string text, int version, const FormatVersions& versions,
                            std::string_view source);

}  // namespace aapp::preset

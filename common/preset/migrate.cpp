#include "common/preset/migrate.h"

#include <algorithm>

#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

const MigrationStep* step_from(int version, const FormatVersions& versions) {
  const auto found =
      std::find_if(versions.steps.begin(), versions.steps.end(),
                   [version](const MigrationStep& step) { return step.from_version == version; });
  return found == versions.steps.end() ? nullptr : &*found;
}

}  // namespace

int FormatVersions::oldest() const {
  int version = current;
  while (step_from(version - 1, *this) != nullptr) --version;
  return version;
}

FormatVersions format_versions() {
  return {.current = kFormatVersion};
}

Result<std::string> migrate(std::string text, int version, const FormatVersions& versions,
                            std::string_view source) {
  if (version > versions.current) {
    return fail(ErrorCode::preset_invalid, "{}: /version is {}; this aapp reads up to {}, so update aapp",
                source, version, versions.current);
  }
  if (version < versions.oldest()) {
    return fail(ErrorCode::preset_invalid, "{}: /version is {}; must be {} to {}", source, version,
                versions.oldest(), versions.current);
  }
  for (; version < versions.current; ++version) {
    Result<std::string> next = step_from(version, versions)->rewrite(text, source);
    if (!next) return next;
    text = std::move(*next);
  }
  return text;
}

}  // namespace aapp::preset

#include "play/live/live_controls.h"

#include <algorithm>

#include "common/preset/preset_json.h"
#include "play/live/live_report.h"

namespace aapp::play {
namespace {

constexpr std::int64_t kFileLookMs = 50;

}  // namespace

std::string keys_text() {
  return "keys: n p next/previous preset, b bypass, space mute, s save what was learned, q quit";
}

LiveControls::LiveControls(LiveSession& session, LiveExtras& extras, std::string preset_path)
    : session_(session),
      extras_(extras),
      file_(std::move(preset_path)),
      library_(preset::list_library(preset::library_folders())) {}

void LiveControls::poll(std::int64_t now_ms) {
  if (now_ms - looked_ms_ >= kFileLookMs) {
    looked_ms_ = now_ms;
    if (file_.changed()) play_file(file_.path());
  }
  if (std::optional<std::string> saved = extras_.take_saved()) file_ = FileWatch(std::move(*saved));
  while (const std::optional<char> key = keyboard_.key()) press(*key);
}

void LiveControls::press(char key) {
  switch (key) {
    case 'n':
      return step(1);
    case 'p':
      return step(-1);
    case 'b':
      return session_.set_bypass(session_.bypass() == Bypass::on ? Bypass::off : Bypass::on);
    case ' ':
      return session_.set_muted(!session_.muted());
    case 's':
      return extras_.save_learned(session_);
    case 'q':
      quit_ = true;
      return;
    default:
      return;
  }
}

// From a preset outside the library the first step leads to its first or last.
void LiveControls::step(int by) {
  if (library_.empty()) return session_.tell(EventKind::note, "there are no presets to step through");
  const auto here = std::ranges::find(library_, file_.path(), &preset::LibraryEntry::path);
  const auto count = static_cast<std::ptrdiff_t>(library_.size());
  const std::ptrdiff_t from = here != library_.end() ? here - library_.begin() : (by > 0 ? -1 : count);
  const preset::LibraryEntry& entry = library_[static_cast<std::size_t>((from + by + count) % count)];
  file_ = FileWatch(entry.path);
  play_file(entry.path);
}

void LiveControls::play_file(const std::string& path) {
  const auto rejected = [this](const Error& error) {
    session_.tell(EventKind::preset_rejected, error.message + "; the sound stays as it is");
  };
  Result<Preset> preset = preset::load_preset(path);
  if (!preset) return rejected(preset.error());
  session_.play(std::move(*preset), [this, rejected](const Result<void>& played) {
    if (!played) return rejected(played.error());
    session_.tell(EventKind::preset_playing,
                  fmt::format("playing \"{}\"; {}", session_.preset().name, prediction_text(session_)));
  });
}

}  // namespace aapp::play

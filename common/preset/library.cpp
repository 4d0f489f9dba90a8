#include "common/preset/library.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "common/base/nearest_name.h"
#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".json";
constexpr std::string_view kFolder = "aapp/presets";

// The XDG specification treats an empty variable as unset.
std::string variable(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string home_data() {
  const std::string home = variable("HOME", "");
  return home.empty() ? "" : home + "/.local/share";
}

std::string executable_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? "" : program.parent_path().string();
}

std::vector<std::string> split_path(std::string_view list) {
  std::vector<std::string> folders;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    if (end > 0) folders.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return folders;
}

bool is_path(const std::string& text) {
  std::error_code ignored;
  return text == "-" || text.find('/') != std::string::npos || text.ends_with(kExtension) ||
         fs::is_regular_file(text, ignored);
}

}  // namespace

LibraryPlaces library_places() {
  return {.preset_path = variable("AAPP_PRESET_PATH", ""),
          .user_data = variable("XDG_DATA_HOME", home_data()),
          .executable_folder = executable_folder(),
          .system_data = variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share")};
}

std::vector<std::string> library_folders(const LibraryPlaces& places) {
  std::vector<std::string> folders = split_path(places.preset_path);
  const auto add = [&folders](const fs::path& folder) {
    folders.push_back(folder.lexically_normal().string());
  };
  if (!places.user_data.empty()) add(fs::path(places.user_data) / kFolder);
  if (!places.executable_folder.empty())
    add(fs::path(places.executable_folder) / AAPP_DATA_FROM_BIN / kFolder);
  for (const std::string& data : split_path(places.system_data)) add(fs::path(data) / kFolder);
  return folders;
}

std::vector<LibraryEntry> list_library(const std::vector<std::string>& folders) {
  std::map<std::string, LibraryEntry> found;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
      if (file->path().extension() == kExtension) {
        const std::string name = file->path().stem().string();
        found.try_emplace(name, LibraryEntry{name, folder, file->path().string()});
      }
    }
  }
  std::vector<LibraryEntry> entries;
  for (const auto& [name, entry] : found) entries.push_back(entry);
  return entries;
}

Result<std::string> find_preset(const std::string& name_or_path, const std::vector<std::string>& folders) {
  if (name_or_path.empty())
    return fail(ErrorCode::usage, "the preset's name is empty; `aapp-play presets` lists names");
  if (is_path(name_or_path)) return name_or_path;
  for (const std::string& folder : folders) {
    const fs::path path = fs::path(folder) / (name_or_path + std::string(kExtension));
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path.string();
  }
  const std::vector<LibraryEntry> entries = list_library(folders);
  std::vector<std::string_view> known;
  for (const LibraryEntry& entry : entries) known.push_back(entry.name);
  std::string hint = did_you_mean(name_or_path, known);
  if (hint.empty()) hint = "; `aapp-play presets` lists what there is";
  return fail(ErrorCode::unreadable, "{}: no preset of this name and no such file{}", name_or_path, hint);
}

Result<Preset> open_preset(const std::string& name_or_path) {
  return find_preset(name_or_path, library_folders()).and_then(load_preset);
}

}  // namespace aapp::preset

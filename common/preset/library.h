// The preset library: presets found by name from any directory. A preset named `voice` is the file voice.json
// in the first of these folders that has it:
//   1. the folders of $AAPP_PRESET_PATH, separated by colons
//   2. the user's own: $XDG_DATA_HOME/aapp/presets ($HOME/.local/share/aapp/presets)
//   3. those that came with the program: ../share/aapp/presets seen from the folder of the executable, the
//   same for an
//      installed program, a moved one and one in its build folder
//   4. the system's: aapp/presets in each of $XDG_DATA_DIRS (/usr/local/share:/usr/share)
// Whatever names an existing file, holds a slash or ends in .json is a path, not a name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/preset/preset.h"

namespace aapp::preset {

// What the search depends on, so that tests can set it.
struct LibraryPlaces {
  std::string preset_path;        // $AAPP_PRESET_PATH
  std::string user_data;          // $XDG_DATA_HOME or its default
  std::string executable_folder;  // "" = unknown
  std::string system_data;        // $XDG_DATA_DIRS or its default
};
LibraryPlaces library_places();

// The folders to search, first the one that wins; some may not exist.
std::vector<std::string> library_folders(const LibraryPlaces& places = library_places());

struct LibraryEntry {
  std::string name;    // the file's name without .json
  std::string folder;  // as in the list of folders
  std::string path;
};
// Every preset that can be named, sorted by name.
std::vector<LibraryEntry> list_library(const std::vector<std::string>& folders);

// The path for a preset's name or path. An unknown name is ErrorCode::unreadable, with the nearest known
// name.
Result<std::string> find_preset(const std::string& name_or_path, const std::vector<std::string>& folders);

// Found in the library, then loaded (preset_json.h): what a program does with a PRESET argument.
Result<Preset> open_preset(const std::string& name_or_path);

}  // namespace aapp::preset

#include "play/presets_app.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/preset/describe.h"
#include "common/preset/json_writer.h"
#include "common/preset/library.h"
#include "common/preset/preset_json.h"
#include "common/preset/preset_schema.h"

namespace aapp::play {
namespace {

using preset::LibraryEntry;
using Json = nlohmann::ordered_json;

void print_names(const std::vector<LibraryEntry>& entries) {
  for (const LibraryEntry& entry : entries) fmt::print("{}\n", entry.name);
}

void print_json(const std::vector<LibraryEntry>& entries) {
  Json list = Json::array();
  for (const LibraryEntry& entry : entries) {
    Json item{{"name", entry.name}, {"path", entry.path}};
    if (const Result<Preset> preset = preset::load_preset(entry.path)) {
      item["title"] = preset->name;
      item["description"] = preset->description;
    } else {
      item["error"] = preset.error().message;
    }
    list.push_back(item);
  }
  fmt::print("{}", preset::write_json({{"presets", list}}));
}

// One block for each folder, in the order of the search.
void print_text(const std::vector<LibraryEntry>& entries, const std::vector<std::string>& folders) {
  std::size_t width = 0;
  for (const LibraryEntry& entry : entries) width = std::max(width, entry.name.size());
  for (const std::string& folder : folders) {
    bool first = true;
    for (const LibraryEntry& entry : entries) {
      if (entry.folder != folder) continue;
      const Result<Preset> preset = preset::load_preset(entry.path);
      if (std::exchange(first, false)) fmt::print("{}\n", folder);
      fmt::print("  {:<{}}  {}\n", entry.name, width,
                 preset ? preset->description : "cannot be played: " + preset.error().message);
    }
  }
  if (entries.empty())
    fmt::print("No presets. These folders were searched:\n  {}\n", fmt::join(folders, "\n  "));
}

}  // namespace

Result<void> run_presets(const PresetsOptions& options) {
  const std::vector<std::string> folders = preset::library_folders();
  if (options.schema) {
    fmt::print("{}", preset::preset_schema());
  } else if (options.reference) {
    fmt::print("{}", preset::parameter_reference());
  } else if (options.names) {
    print_names(preset::list_library(folders));
  } else if (options.common.json) {
    print_json(preset::list_library(folders));
  } else {
    print_text(preset::list_library(folders), folders);
  }
  return {};
}

}  // namespace aapp::play

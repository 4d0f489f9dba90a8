// Includes point only downwards, and third parties stay in few files: docs/architecture.md as a test.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include "tests/structure/includes.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

using test::Include;

// For each layer, the layers directly below it; what is below those is allowed too.
const std::map<std::string, std::set<std::string>> kBelow{
    {"common/base", {}},
    {"common/audio", {"common/base"}},
    {"common/io", {"common/audio"}},
    {"common/dsp", {"common/base"}},
    {"common/effects", {"common/dsp", "common/audio"}},
    {"common/preset", {"common/effects"}},
    {"common/chain", {"common/preset", "common/audio", "common/rt"}},
    {"common/rt", {"common/base"}},
    {"common/cli", {"common/base"}},
    {"analyze/measure", {"common/io", "common/dsp"}},
    {"analyze/fit", {"analyze/measure", "common/chain"}},
    {"analyze/inspect", {"analyze/measure"}},
    {"analyze/report", {"analyze/fit"}},
    {"analyze", {"analyze/inspect", "analyze/report", "common/cli"}},
    {"play/device", {"common/audio", "common/rt"}},
    {"play/engine", {"play/device", "common/chain"}},
    {"play/admission", {"play/engine"}},
    {"play/control", {"common/base", "common/preset"}},
    {"play/batch", {"common/chain", "common/io"}},
    {"play/learn", {"play/engine", "analyze/fit"}},
    {"play/record", {"play/engine", "common/io"}},
    {"play", {"play/batch", "common/cli", "common/io"}},
    {"play/live", {"play", "play/control", "play/learn", "play/record", "play/engine", "play/admission"}},
};

// "common/dsp/fft.h" -> "common/dsp"; "play/cli.h" -> "play".
std::string layer_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

std::set<std::string> allowed_from(const std::string& layer) {
  std::set<std::string> allowed{layer};
  for (const std::string& below : kBelow.at(layer)) allowed.merge(allowed_from(below));
  return allowed;
}

// Every include between folders of the project that does not point downwards, as a sentence.
std::vector<std::string> violations(const std::vector<Include>& includes) {
  std::vector<std::string> found;
  for (const Include& include : includes) {
    const std::string from = layer_of(include.file);
    const std::string to = layer_of(include.target);
    if (!kBelow.contains(from)) {
      found.push_back(include.file + " is in a folder that is no layer");
    } else if (include.quoted && !kBelow.contains(to)) {
      found.push_back(include.file + " includes " + include.target + ", which is not written from the root");
    } else if (kBelow.contains(to) && !allowed_from(from).contains(to)) {
      found.push_back(include.file + " includes " + include.target + ", which is not below it");
    }
  }
  return found;
}

TEST(Layers, EveryIncludePointsDownwards) {
  const std::vector<Include> includes = test::project_includes(test::source_path(""));
  EXPECT_GT(includes.size(), 200u);
  for (const std::string& violation : violations(includes)) ADD_FAILURE() << violation;
}

TEST(Layers, PlantedViolationsAreFound) {
  const test::TempDir root;
  const auto plant = [&](const std::string& file, const std::string& text) {
    std::filesystem::create_directories(root.path() / layer_of(file));
    test::write_bytes(root.file(file), text);
  };
  plant("common/dsp/up.h", "#include \"common/effects/eq.h\"\n");
  plant("common/io/side.cpp", "  #  include \"common/dsp/fft.h\"\n");
  plant("analyze/fit/tool.cpp", "#include \"play/engine/engine.h\"\n");
  plant("common/base/brackets.h", "#include <common/audio/buffer.h>\n");
  plant("common/cli/relative.cpp", "#include \"program.h\"\n");
  plant("common/odd/place.h", "#include <vector>\n");
  plant("play/engine/fine.h",
        "#include \"common/base/units.h\"\n#include \"play/engine/other.h\"\n#include <vector>\n");
  const std::vector<std::string> found = violations(test::project_includes(root.path()));
  EXPECT_EQ(found.size(), 6u) << testing::PrintToString(found);
}

// The libraries of the project that a folder's CMakeLists.txt links: "aapp_library(aapp_dsp aapp_base ...)".
std::vector<std::string> linked_layers(const std::string& layer) {
  const std::string text = test::read_bytes(test::source_path(layer + "/CMakeLists.txt"));
  const auto start = text.find("aapp_library(");
  if (start == std::string::npos) return {};
  std::istringstream call(text.substr(start, text.find(')', start) - start));
  std::vector<std::string> layers;
  for (std::string word; call >> word;) {
    for (const auto& [known, below] : kBelow) {
      const std::string folder = std::filesystem::path(known).filename().string();
      if (word == "aapp_" + folder && known != layer) layers.push_back(known);
    }
  }
  return layers;
}

TEST(Layers, TargetsLinkDownwardsToo) {
  std::size_t links = 0;
  for (const auto& [layer, below] : kBelow) {
    for (const std::string& linked : linked_layers(layer)) {
      EXPECT_TRUE(allowed_from(layer).contains(linked)) << layer << " links " << linked;
      ++links;
    }
  }
  EXPECT_GE(links, kBelow.size() - 3);  // all but base and the two programs link something
}

// Where each library may be included: a file, a folder ending in a slash, or an extension.
struct Home {
  std::string_view header;  // how its headers begin
  std::vector<std::string_view> allowed;
};

const std::vector<Home> kHomes{
    {"sndfile.h", {"common/io/"}},
    {"samplerate.h", {"common/io/"}},
    {"fftw3.h", {"common/dsp/fft.cpp"}},
    {"nlohmann/json.hpp", {".cpp"}},
    {"ceres/", {"analyze/fit/"}},
    {"Eigen/", {"analyze/fit/"}},
    {"ebur128.h", {"analyze/measure/", "play/batch/"}},
    {"RtAudio.h", {"play/device/"}},
    {"rtaudio/", {"play/device/"}},
    {"jack/", {"play/device/"}},
    {"CLI/", {"analyze/cli.cpp", "play/cli.cpp", "common/cli/"}},
    {"valijson/", {}},
};

bool may_include(const Home& home, std::string_view file) {
  return std::any_of(home.allowed.begin(), home.allowed.end(), [file](std::string_view place) {
    if (place.starts_with('.')) return file.ends_with(place);
    return place.ends_with('/') ? file.starts_with(place) : file == place;
  });
}

TEST(ThirdParties, AreIncludedInTheirPlacesOnly) {
  for (const Include& include : test::project_includes(test::source_path(""))) {
    for (const Home& home : kHomes) {
      if (!include.target.starts_with(home.header)) continue;
      EXPECT_TRUE(may_include(home, include.file)) << include.file << " includes " << include.target;
    }
  }
}

// Devices and the command line are wrapped once each: their libraries' headers are slow, large and full of
// macros.
TEST(ThirdParties, AreInFewFiles) {
  std::map<std::string_view, std::set<std::string>> users;
  for (const Include& include : test::project_includes(test::source_path(""))) {
    for (const Home& home : kHomes) {
      if (include.target.starts_with(home.header)) users[home.header].insert(include.file);
    }
  }
  for (const std::string_view header : {"RtAudio.h", "rtaudio/", "sndfile.h", "samplerate.h", "fftw3.h"}) {
    EXPECT_LE(users[header].size(), 3u)
        << header << " is included in " << testing::PrintToString(users[header]);
  }
}

}  // namespace
}  // namespace aapp

// What the generators of documents need to know about an option, read once from CLI11's tree.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace aapp::cli {

enum class ValueKind { none, text, file, preset, choice };

struct OptionFacts {
  std::vector<std::string> names{};  // "-q", "--quiet"; empty for a positional
  std::string value_name{};          // "FILE", "TEXT"; "" for a flag
  std::string description{};
  ValueKind kind = ValueKind::none;
  std::vector<std::string> choices{};  // of kind choice
  bool required = false;
  bool repeated = false;
};

struct VerbFacts {
  std::string name{};
  std::string summary{};
  std::string footer{};  // examples, as --help prints them
  std::vector<OptionFacts> positionals{};
  std::vector<OptionFacts> options{};
};

struct ProgramFacts {
  VerbFacts self{};  // the program's own options
  std::vector<VerbFacts> verbs{};
};

// Hidden options (without a group) are left out.
ProgramFacts read_option_tree(const CLI::App& program);

}  // namespace aapp::cli

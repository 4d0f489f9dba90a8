// A command line program of verbs: `aapp-play render ...`. Each verb owns an options struct that the command
// line fills and a function that does the work; this class gives them help with examples, --version,
// one-sentence errors on stderr and the exit codes of base/exit_code.h. --man and --completion (documents.h)
// come from the same tree of options.
//
//   Program program({.name = "aapp-play", .summary = "..."});
//   auto [app, options] = program.verb<RenderOptions>({.name = "render", ...}, run_render);
//   app.add_option("preset", options.preset, "...")->required();
//   return program.run(argc, argv);
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace CLI {
class App;
}

namespace aapp::cli {

struct ProgramText {
  std::string name{};     // "aapp-play"
  std::string summary{};  // one line
};

struct VerbText {
  std::string name{};
  std::string summary{};  // one line, shown in the list of verbs
  // Command lines without the program's name, each followed by what it does:
  // {"render voice in.wav -o out.wav", "plays in.wav through the preset voice"}
  std::vector<std::pair<std::string, std::string>> examples{};
};

// What program.verb() hands out; both references live as long as the program.
template <class Options>
struct Verb {
  CLI::App& app;
  Options& options;
};

class Program {
 public:
  explicit Program(ProgramText text);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  template <class Options>
  Verb<Options> verb(const VerbText& text, std::function<Result<void>(const Options&)> work) {
    auto options = std::make_shared<Options>();
    return {add_verb(text, [options, work] { return work(*options); }), *options};
  }

  // Parses, runs the chosen verb, prints an error as "aapp-play: MESSAGE"; the exit code.
  int run(int argc, char** argv);

 private:
  using Action = std::function<Result<void>()>;
  CLI::App& add_verb(const VerbText& text, Action action);
  Result<void> parse_and_run(int argc, char** argv);
  Result<void> run_guarded(int argc, char** argv);
  Result<void> print_document() const;

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// --json and --quiet.
void add_common_flags(CLI::App& verb, CommonOptions& options);

}  // namespace aapp::cli

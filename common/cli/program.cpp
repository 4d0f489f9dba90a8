#include "common/cli/program.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <new>
#include <system_error>

#include "common/base/exit_code.h"
#include "common/base/interrupt.h"
#include "common/base/nearest_name.h"
#include "common/base/version.h"
#include "common/cli/documents.h"

namespace aapp::cli {

struct Program::Impl {
  explicit Impl(ProgramText program_text) : text(std::move(program_text)), app(text.summary, text.name) {}

  ProgramText text;
  CLI::App app;
  std::map<const CLI::App*, Action> actions;
  bool wants_man = false;
  std::string wants_completion;
};

namespace {

// CLI11 leaves options of the group "" out of --help.
constexpr const char* kHidden = "";

std::string example_lines(const std::string& program, const VerbText& text) {
  std::string lines = text.examples.empty() ? "" : "Examples:\n";
  for (const auto& [command, meaning] : text.examples) {
    lines += fmt::format("  {} {}\n      {}\n", program, command, meaning);
  }
  return lines;
}

// The app whose arguments were wrong: the chosen verb, or the program when none was chosen.
const CLI::App& blamed_app(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(verb->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  return words;
}

// The first argument that nothing took: a verb or option that does not exist, or one file too many.
std::string unexpected_argument(const CLI::App& app, const std::string& argument) {
  const std::vector<std::string> words = known_words(app);
  const std::vector<std::string_view> known(words.begin(), words.end());
  const bool is_option = argument.size() > 1 && argument.front() == '-';
  const bool wants_verb = !is_option && app.get_parent() == nullptr;
  const char* kind = is_option ? "option" : wants_verb ? "command" : "argument";
  return fmt::format("unknown {} \"{}\"{}", kind, argument, did_you_mean(argument, known));
}

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

bool mentions(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

// CLI11's words for a value that is missing, given twice or not of its type, as sentences of ours.
std::string value_sentence(const std::string& what) {
  const std::string convert = "Could not convert: ";
  if (what.starts_with(convert)) {
    const auto equals = what.find(" = ", convert.size());
    const std::string name = what.substr(convert.size(), equals - convert.size());
    return fmt::format("{} is \"{}\", a value of the wrong kind", name, what.substr(equals + 3));
  }
  const std::string name = what.substr(0, what.find(": "));
  if (mentions(what, "required") && mentions(what, "missing")) return name + " needs a value";
  if (mentions(what, "At Most 1 required")) return name + " is given more than once";
  return what;
}

std::string usage_sentence(const CLI::App& root, const CLI::ParseError& error) {
  const CLI::App& blamed = blamed_app(root);
  const bool lacks_something = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::vector<std::string> rest = root.remaining(true);
  // A mistyped option is also one that is missing; what was typed says more.
  const bool mistyped =
      !rest.empty() && (!lacks_something || &blamed == &root || rest.front().starts_with('-'));
  const bool no_verb = lacks_something && &blamed == &root;
  const std::string what = mistyped  ? unexpected_argument(blamed, rest.front())
                           : no_verb ? "no command given"
                                     : value_sentence(one_line(error.what()));
  const std::string verb = &blamed == &root ? "" : blamed.get_name() + ": ";
  const std::string helper = &blamed == &root ? root.get_name() : root.get_name() + " " + blamed.get_name();
  return fmt::format("{}{}{} {} --help", verb, what, what.ends_with('?') ? " See" : "; see", helper);
}

}  // namespace

Program::Program(ProgramText text) : impl_(std::make_unique<Impl>(std::move(text))) {
  CLI::App& app = impl_->app;
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("{} {}", impl_->text.name, version()));
  app.add_flag("--man", impl_->wants_man, "print the manual page (roff)")->group(kHidden);
  app.add_option("--completion", impl_->wants_completion, "print shell completion: bash, zsh or fish")
      ->group(kHidden);
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("SUBCOMMAND", "COMMAND");
  app.footer(fmt::format("`{} COMMAND --help` explains one command, with examples.", impl_->text.name));
}

Program::~Program() = default;

CLI::App& Program::add_verb(const VerbText& text, Action action) {
  CLI::App* verb = impl_->app.add_subcommand(text.name, text.summary);
  verb->group("Commands");
  verb->footer(example_lines(impl_->text.name, text));
  impl_->actions[verb] = std::move(action);
  return *verb;
}

Result<void> Program::parse_and_run(int argc, char** argv) {
  CLI::App& app = impl_->app;
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
    return {};
  } catch (const CLI::ParseError& error) {
    // --man and --completion stand alone, so parsing fails for want of a verb.
    if (impl_->wants_man || !impl_->wants_completion.empty()) return print_document();
    return fail(ErrorCode::usage, "{}", usage_sentence(app, error));
  }
  watch_interrupts();
  return impl_->actions.at(app.get_subcommands().front())();
}

Result<void> Program::print_document() const {
  const ProgramFacts facts = read_option_tree(impl_->app);
  const std::string& shell = impl_->wants_completion;
  if (impl_->wants_man) {
    fmt::print("{}", man_page(facts));
  } else if (shell == "bash") {
    fmt::print("{}", bash_completion(facts));
  } else if (shell == "zsh") {
    fmt::print("{}", zsh_completion(facts));
  } else if (shell == "fish") {
    fmt::print("{}", fish_completion(facts));
  } else {
    return fail(ErrorCode::usage, "--completion is \"{}\"; must be bash, zsh or fish", shell);
  }
  return {};
}

// fmt throws when stdout cannot take what is printed; what else arrives here is out of memory.
Result<void> Program::run_guarded(int argc, char** argv) {
  constexpr const char* kUnwritten = "stdout: cannot write the whole output";
  try {
    const Result<void> done = parse_and_run(argc, argv);
    const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    return !done || written ? done : fail(ErrorCode::failed, "{}", kUnwritten);
  } catch (const std::system_error&) {
    return fail(ErrorCode::failed, "{}", kUnwritten);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::failed, "out of memory; close other programs or use shorter files");
  }
}

int Program::run(int argc, char** argv) {
  const Result<void> done = run_guarded(argc, argv);
  if (done) return kExitDone;
  fmt::print(stderr, "{}: {}\n", impl_->text.name, done.error().message);
  return exit_code(done.error().code);
}

void add_common_flags(CLI::App& verb, CommonOptions& options) {
  verb.add_flag("--json", options.json, "print one JSON document instead of text");
  verb.add_flag("-q,--quiet", options.quiet, "no progress and no notes, only results and errors");
}

}  // namespace aapp::cli

#include "common/cli/documents.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "common/base/exit_code.h"

namespace aapp::cli {
namespace {

// A program with one verb that has every kind of option.
class Documents : public testing::Test {
 protected:
  Documents() {
    app_.add_flag("--hidden", flag_, "not to be seen")->group("");
    CLI::App* verb = app_.add_subcommand("cook", "Cooks 'it'.");
    verb->add_option("preset", preset_, "which recipe")->required()->type_name("PRESET");
    verb->add_option("input", inputs_, "what goes in")->type_name("FILE");
    verb->add_option("-o,--output", output_, "where it goes")->required()->type_name("FILE");
    verb->add_option("--heat", heat_, "how hot")->check(CLI::IsMember({"low", "high"}));
    verb->add_flag("-q,--quiet", flag_, "say nothing");
    verb->footer("Examples:\n  kitchen cook soup -o pot\n");
    facts_ = read_option_tree(app_);
  }

  bool flag_ = false;
  std::string preset_, output_, heat_;
  std::vector<std::string> inputs_;
  CLI::App app_{"Cooks.", "kitchen"};
  ProgramFacts facts_;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Documents, TheTreeTellsKindsOfValuesApart) {
  ASSERT_EQ(facts_.verbs.size(), 1u);
  const VerbFacts& cook = facts_.verbs[0];
  ASSERT_EQ(cook.positionals.size(), 2u);
  EXPECT_EQ(cook.positionals[0].kind, ValueKind::preset);
  EXPECT_TRUE(cook.positionals[0].required);
  EXPECT_FALSE(cook.positionals[0].repeated);
  EXPECT_EQ(cook.positionals[1].kind, ValueKind::file);
  EXPECT_TRUE(cook.positionals[1].repeated);
  ASSERT_EQ(cook.options.size(), 4u);  // --help is the first
  EXPECT_EQ(cook.options[1].names, (std::vector<std::string>{"-o", "--output"}));
  EXPECT_EQ(cook.options[1].kind, ValueKind::file);
  EXPECT_EQ(cook.options[2].choices, (std::vector<std::string>{"low", "high"}));
  EXPECT_EQ(cook.options[3].kind, ValueKind::none);
}

TEST_F(Documents, HiddenOptionsAreInNoDocument) {
  for (const auto& document :
       {man_page(facts_), bash_completion(facts_), zsh_completion(facts_), fish_completion(facts_)}) {
    EXPECT_FALSE(holds(document, "hidden")) << document;
    EXPECT_TRUE(holds(document, "quiet")) << document;
  }
}

TEST_F(Documents, TheManualSaysWhatMustBeGivenAndEveryExitCode) {
  const std::string page = man_page(facts_);
  EXPECT_TRUE(holds(page,
                    "\\fBkitchen cook\\fR \\fIpreset\\fR [\\fIinput\\fR...] "
                    "\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE\\fR [\\fIoptions\\fR]"))
      << page;
  EXPECT_TRUE(holds(page, "how hot (low, high)"));
  for (const ExitCode& row : kExitCodes) EXPECT_TRUE(holds(page, fmt::format("\\fB{}\\fR\n", row.code)));
}

TEST_F(Documents, TextCannotBreakOutOfRoffOrQuotes) {
  CLI::App app("It's .a\\b", "it");
  app.add_subcommand("x", "'quoted' [brackets]: and\n.so /etc/passwd");
  const ProgramFacts facts = read_option_tree(app);
  const std::string page = man_page(facts);
  EXPECT_TRUE(holds(page, "It's .a\\eb")) << page;
  EXPECT_TRUE(holds(page, "\n\\&.so /etc/passwd")) << page;
  EXPECT_TRUE(holds(zsh_completion(facts), "'x:'\\''quoted'\\'' \\[brackets\\]\\: and"))
      << zsh_completion(facts);
  EXPECT_TRUE(holds(fish_completion(facts), "-d ''\\''quoted'\\''")) << fish_completion(facts);
}

TEST_F(Documents, CompletionOffersChoicesFilesAndPresets) {
  const std::string bash = bash_completion(facts_);
  EXPECT_TRUE(holds(bash, "cook:--heat) mapfile -t COMPREPLY < <(compgen -W 'low high'")) << bash;
  EXPECT_TRUE(holds(bash, "cook:-o|cook:--output) mapfile -t COMPREPLY < <(compgen -f")) << bash;
  EXPECT_TRUE(holds(bash, "presets --names")) << bash;
  const std::string fish = fish_completion(facts_);
  EXPECT_TRUE(
      holds(fish, "complete -c kitchen -n '__fish_seen_subcommand_from cook' -l heat -x -a 'low high'"))
      << fish;
}

}  // namespace
}  // namespace aapp::cli

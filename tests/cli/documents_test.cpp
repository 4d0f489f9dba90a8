// What the programs print about themselves, as the programs that read it see it.
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "common/base/exit_code.h"
#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

class Documents : public testing::TestWithParam<std::string> {
 protected:
  test::RunResult run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), test::program_path(GetParam()));
    return test::run_program(arguments);
  }
  // The verbs, as --help lists them.
  std::vector<std::string> verbs() const {
    std::istringstream help(run({"--help"}).out);
    std::vector<std::string> names;
    bool inside = false;
    for (std::string line; std::getline(help, line);) {
      if (inside && line.size() > 2 && line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
      if (line.empty()) inside = false;
      if (line == "Commands:") inside = true;
    }
    return names;
  }
};

TEST_P(Documents, TheVersionIsPrinted) {
  const test::RunResult result = run({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(std::regex_match(result.out, std::regex(GetParam() + R"( \d+\.\d+\.\d+\n)"))) << result.out;
}

TEST_P(Documents, EveryVerbHasHelpWithExamples) {
  ASSERT_GE(verbs().size(), 2u);
  for (const std::string& verb : verbs()) {
    const test::RunResult help = run({verb, "--help"});
    EXPECT_EQ(help.exit_code, 0) << verb;
    EXPECT_NE(help.out.find("\nExamples:\n  " + GetParam() + " " + verb), std::string::npos) << help.out;
  }
}

TEST_P(Documents, ThePageInDocsHoldsTheHelpOfEveryVerb) {
  const std::string page = test::read_bytes(test::source_path("docs/commands.md"));
  for (const std::string& verb : verbs()) {
    std::string help = run({verb, "--help"}).out;
    while (help.ends_with('\n')) help.pop_back();
    EXPECT_NE(page.find("## " + GetParam() + " " + verb + "\n\n```\n" + help + "\n```\n"), std::string::npos)
        << verb << ": write the page anew: scripts/update-docs";
  }
}

TEST_P(Documents, TheManualNamesEveryVerbAndPassesMan) {
  const std::string page = run({"--man"}).out;
  for (const std::string& verb : verbs())
    EXPECT_NE(page.find(".SS " + verb + "\n"), std::string::npos) << verb;
  if (!test::has_program("man")) GTEST_SKIP() << "man is not installed";
  const test::TempDir folder;
  test::write_bytes(folder.file("page.1"), page);
  const test::RunResult man =
      test::run_program({"man", "--warnings", "-l", folder.file("page.1")},
                        {.input = "", .environment = {{"LC_ALL", "C.UTF-8"}}, .folder = ""});
  EXPECT_EQ(man.exit_code, 0);
  EXPECT_EQ(man.err, "");
  EXPECT_GT(man.out.size(), 500u);
}

INSTANTIATE_TEST_SUITE_P(Both, Documents, testing::Values("aapp-analyze", "aapp-play"), [](const auto& test) {
  return test.param == "aapp-play" ? std::string("Play") : std::string("Analyze");
});

// Asks a shell that has loaded the completion what it would offer.
std::set<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

test::RunOptions with_programs_in_path() {
  const std::string path = AAPP_PROGRAM_DIR + std::string(":") + std::getenv("PATH");
  return {.input = "", .environment = {{"PATH", path}, {"AAPP_PRESET_PATH", ""}}, .folder = "/"};
}

TEST(Completion, BashOffersVerbsOptionsAndPresets) {
  if (!test::has_program("bash")) GTEST_SKIP() << "bash is not installed";
  const auto offered = [](const std::string& line, int word) {
    return words(test::run_program({"bash", "-euc",
                                    "source <(aapp-play --completion bash); COMP_WORDS=(" + line +
                                        "); COMP_CWORD=" + std::to_string(word) +
                                        "; _aapp_play; printf '%s\\n' \"${COMPREPLY[@]}\""},
                                   with_programs_in_path())
                     .out);
  };
  EXPECT_EQ(offered("aapp-play che", 1), (std::set<std::string>{"check"}));
  EXPECT_EQ(offered("aapp-play check --js", 2), (std::set<std::string>{"--json"}));
  EXPECT_EQ(offered("aapp-play check podc", 2), (std::set<std::string>{"podcast"}));
}

TEST(Completion, FishOffersVerbsOptionsAndPresets) {
  if (!test::has_program("fish")) GTEST_SKIP() << "fish is not installed";
  const auto offered = [](const std::string& line) {
    return test::run_program({"fish", "--no-config", "-c",
                              "aapp-play --completion fish | source; complete -C '" + line + "'"},
                             with_programs_in_path())
        .out;
  };
  EXPECT_EQ(offered("aapp-play che").rfind("check\t", 0), 0u) << offered("aapp-play che");
  EXPECT_EQ(offered("aapp-play check --js").rfind("--json\t", 0), 0u) << offered("aapp-play check --js");
  EXPECT_EQ(words(offered("aapp-play check podc")).count("podcast"), 1u) << offered("aapp-play check podc");
}

TEST(Completion, ZshLoadsItAndKnowsTheProgram) {
  if (!test::has_program("zsh")) GTEST_SKIP() << "zsh is not installed";
  const test::RunResult loaded =
      test::run_program({"zsh", "-fc",
                         "autoload -Uz compinit && compinit -D && source <(aapp-play --completion zsh) && "
                         "print $_comps[aapp-play]"},
                        with_programs_in_path());
  EXPECT_EQ(loaded.err, "");
  EXPECT_EQ(loaded.out, "_aapp-play\n");
}

TEST(ExitCodes, ThePageInDocsListsTheTable) {
  const std::string page = test::read_bytes(test::source_path("docs/exit-codes.md"));
  for (const ExitCode& row : kExitCodes) {
    const std::string line = fmt::format("| {} | {} |", row.code, row.meaning);
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(Output, AFullDiskIsAnError) {
  const test::RunResult result =
      test::run_program({"sh", "-c", test::program_path("aapp-play") + " presets --schema > /dev/full"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "aapp-play: stdout: cannot write the whole output\n");
}

TEST(Presets, AreListedAsJsonWithWhereTheyAre) {
  const test::RunResult result =
      test::run_program({test::program_path("aapp-play"), "presets", "--json"}, with_programs_in_path());
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("\"name\": \"voice\""), std::string::npos);
  EXPECT_NE(result.out.find("/share/aapp/presets/voice.json\""), std::string::npos);
}

}  // namespace
}  // namespace aapp

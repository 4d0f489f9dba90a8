// What a user reads after a mistake: one sentence with file, value, limit and remedy on stderr, nothing on
// stdout, and the exit code of docs/exit-codes.md.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

struct Mistake {
  const char* name;
  std::vector<std::string> command;  // runs in a folder that holds the files of make_files
  int exit_code;
  std::string message;
};

constexpr const char* kOutOfRange =
    R"({"format": "aapp-preset", "version": 1, "chain": [{"effect": "compressor", "params": {"ratio": 0.5}}]})";
constexpr const char* kMistyped =
    R"({"format": "aapp-preset", "version": 1, "chain": [{"effect": "compressor", "params": {"treshold_db": -20}}]})";
constexpr const char* kUnfinished = "{\n  \"format\": \"aapp-preset\",\n";
constexpr const char* kNewer = R"({"format": "aapp-preset", "version": 9, "chain": []})";

void make_files(const test::TempDir& folder) {
  test::write_bytes(folder.file("range.json"), kOutOfRange);
  test::write_bytes(folder.file("mistyped.json"), kMistyped);
  test::write_bytes(folder.file("unfinished.json"), kUnfinished);
  test::write_bytes(folder.file("newer.json"), kNewer);
  test::write_bytes(folder.file("empty.wav"), "");
  test::write_bytes(folder.file("letter.wav"), std::string(1000, 'x'));
}

class UserMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(UserMistakes, AreAnsweredWithOneSentenceAndTheRightExitCode) {
  const Mistake& mistake = GetParam();
  const test::TempDir folder;
  make_files(folder);
  const std::vector<std::string> before = folder.listing();
  std::vector<std::string> command = mistake.command;
  const std::string program = command.front();
  command.front() = test::program_path(program);
  const test::RunResult result = test::run_program(
      command, {.input = "", .environment = {{"AAPP_PRESET_PATH", ""}}, .folder = folder.path()});
  EXPECT_EQ(result.err, program + ": " + mistake.message + "\n");
  EXPECT_EQ(result.exit_code, mistake.exit_code);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(folder.listing(), before) << "something half-written was left";
}

std::vector<Mistake> program_mistakes() {
  return {
      {"NoCommand", {"aapp-play"}, 2, "no command given; see aapp-play --help"},
      {"NoCommandForAnalyze", {"aapp-analyze"}, 2, "no command given; see aapp-analyze --help"},
      {"MistypedCommand",
       {"aapp-play", "chekc", "voice"},
       2,
       R"(unknown command "chekc"; did you mean "check"? See aapp-play --help)"},
      {"UnknownCommand",
       {"aapp-analyze", "xylophone"},
       2,
       R"(unknown command "xylophone"; see aapp-analyze --help)"},
      {"OptionBeforeCommand", {"aapp-play", "--jsn"}, 2, R"(unknown option "--jsn"; see aapp-play --help)"},
      {"MistypedOption",
       {"aapp-play", "check", "voice", "--quite"},
       2,
       R"(check: unknown option "--quite"; did you mean "--quiet"? See aapp-play check --help)"},
      {"MissingArgument", {"aapp-play", "check"}, 2, "check: preset is required; see aapp-play check --help"},
      {"OneArgumentTooMany",
       {"aapp-play", "presets", "voice"},
       2,
       R"(presets: unknown argument "voice"; see aapp-play presets --help)"},
      {"UnknownShell",
       {"aapp-play", "--completion", "tcsh"},
       2,
       R"(--completion is "tcsh"; must be bash, zsh or fish)"},
  };
}

std::vector<Mistake> preset_mistakes() {
  return {
      {"MistypedPreset",
       {"aapp-play", "check", "podcats"},
       3,
       R"(podcats: no preset of this name and no such file; did you mean "podcast"?)"},
      {"UnknownPreset",
       {"aapp-play", "check", "oboe"},
       3,
       "oboe: no preset of this name and no such file; `aapp-play presets` lists what there is"},
      {"MissingPresetFile",
       {"aapp-play", "check", "./gone.json"},
       3,
       "./gone.json: cannot be opened: No such file or directory"},
      {"FolderAsPreset", {"aapp-play", "check", "./"}, 3, "./: cannot be read: Is a directory"},
      {"ValueOutOfRange",
       {"aapp-play", "check", "range.json"},
       4,
       "range.json: /chain/0/params/ratio is 0.5; must be 1 to 20"},
      {"MistypedParameter",
       {"aapp-play", "check", "mistyped.json"},
       4,
       R"(mistyped.json: /chain/0/params/treshold_db is not known; did you mean "threshold_db"?)"},
      {"UnfinishedPreset",
       {"aapp-play", "check", "unfinished.json"},
       4,
       "unfinished.json:3:1: not valid JSON: syntax error while parsing object key - unexpected end of "
       "input; expected "
       "string literal"},
      {"NewerPreset",
       {"aapp-play", "check", "newer.json"},
       4,
       "newer.json: /version is 9; this aapp reads up to 1, so update aapp"},
      {"EmptyStandardInput",
       {"aapp-play", "check", "-"},
       4,
       "stdin:1:1: not valid JSON: syntax error while parsing value - unexpected end of input; expected '[', "
       "'{', or a "
       "literal"},
      {"AudioAsPreset",
       {"aapp-play", "check", "--quiet", "./letter.wav"},
       4,
       "./letter.wav:1:1: not valid JSON: syntax error while parsing value - invalid literal; last read: "
       "'x'"},
  };
}

std::vector<Mistake> analyze_mistakes() {
  return {
      {"MissingRecording",
       {"aapp-analyze", "measure", "gone.wav"},
       3,
       "gone.wav: cannot be opened: No such file or directory"},
      {"EmptyRecording",
       {"aapp-analyze", "measure", "empty.wav"},
       3,
       "empty.wav: is empty (0 bytes); must hold audio"},
      {"NoRecording",
       {"aapp-analyze", "measure", "letter.wav"},
       3,
       "letter.wav: is damaged or no audio (Format not recognised.); must be one of WAV, RF64, W64, FLAC, "
       "AIFF, CAF, OGG, Opus, MP3"},
      {"CompareWithOne",
       {"aapp-analyze", "compare", "empty.wav"},
       2,
       "compare: reference is required; see aapp-analyze compare --help"},
  };
}

TEST(Check, LooksAtEveryPresetEvenAfterABadOne) {
  const test::TempDir folder;
  make_files(folder);
  const test::RunResult result = test::run_program(
      {test::program_path("aapp-play"), "check", "--quiet", "./range.json", "voice", "./gone.json"},
      {.input = "", .environment = {{"AAPP_PRESET_PATH", ""}}, .folder = folder.path()});
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.out,
            "./range.json: /chain/0/params/ratio is 0.5; must be 1 to 20\n"
            "./gone.json: cannot be opened: No such file or directory\n");
  EXPECT_EQ(result.err,
            "aapp-play: 2 of 3 presets cannot be played: ./range.json: /chain/0/params/ratio is 0.5; must be "
            "1 to 20\n");
}

std::vector<Mistake> render_mistakes() {
  return {
      {"RenderWithoutOutput",
       {"aapp-play", "render", "voice", "letter.wav"},
       2,
       "render: --output is required; see aapp-play render --help"},
      {"MistypedRequiredOption",
       {"aapp-play", "render", "voice", "letter.wav", "--ouput", "x.wav"},
       2,
       R"(render: unknown option "--ouput"; did you mean "--output"? See aapp-play render --help)"},
      {"OptionWithoutValue",
       {"aapp-play", "render", "voice", "letter.wav", "-o"},
       2,
       "render: --output needs a value; see aapp-play render --help"},
      {"OptionTwice",
       {"aapp-play", "render", "voice", "letter.wav", "-o", "a.wav", "-o", "b.wav"},
       2,
       "render: --output is given more than once; see aapp-play render --help"},
      {"TextForANumber",
       {"aapp-play", "render", "voice", "letter.wav", "-o", "x.wav", "--normalize", "loud"},
       2,
       R"(render: --normalize is "loud", a value of the wrong kind; see aapp-play render --help)"},
      {"NumberOutOfRange",
       {"aapp-play", "render", "voice", "letter.wav", "-o", "x.wav", "--normalize", "999"},
       2,
       "--normalize is 999; must be -70 to 0 LUFS"},
      {"EmptyPresetName",
       {"aapp-play", "render", "", "letter.wav", "-o", "x.wav"},
       2,
       "the preset's name is empty; `aapp-play presets` lists names"},
      {"RenderAMissingFile",
       {"aapp-play", "render", "voice", "gone.wav", "-o", "x.wav"},
       3,
       "gone.wav: cannot be opened: No such file or directory"},
      {"RenderAnEmptyFile",
       {"aapp-play", "render", "voice", "empty.wav", "-o", "x.wav"},
       3,
       "empty.wav: is empty (0 bytes); must hold audio"},
      {"RenderWithABadPreset",
       {"aapp-play", "render", "range.json", "letter.wav", "-o", "x.wav"},
       4,
       "range.json: /chain/0/params/ratio is 0.5; must be 1 to 20"},
      {"OutputIsInput",
       {"aapp-play", "render", "voice", "letter.wav", "-o", "letter.wav", "--force"},
       2,
       "letter.wav: is an input and would be replaced by its own result; choose another -o"},
      {"ConvertWithoutOutput",
       {"aapp-play", "convert", "letter.wav"},
       2,
       "convert: output is required; see aapp-play convert --help"},
      {"BadRawSpec",
       {"aapp-play", "convert", "letter.wav", "x.wav", "--raw", "s16:1"},
       2,
       "--raw s16:1: must be ENCODING:RATE:CHANNELS, as in s16le:16000:1"},
  };
}

const auto kName = [](const auto& test) { return test.param.name; };
INSTANTIATE_TEST_SUITE_P(Program, UserMistakes, testing::ValuesIn(program_mistakes()), kName);
INSTANTIATE_TEST_SUITE_P(Preset, UserMistakes, testing::ValuesIn(preset_mistakes()), kName);
INSTANTIATE_TEST_SUITE_P(Render, UserMistakes, testing::ValuesIn(render_mistakes()), kName);
INSTANTIATE_TEST_SUITE_P(Analyze, UserMistakes, testing::ValuesIn(analyze_mistakes()), kName);

}  // namespace
}  // namespace aapp

// aapp-play becomes aapp-play-live for what needs a sound card, and stays small otherwise.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"

namespace aapp {
namespace {

TEST(TwoPrograms, TheLiveVerbsAreDoneByTheOtherProgram) {
  // No server answers on this name, and the sentence that says so is the other program's.
  const test::RunResult live =
      test::run_program({test::program_path("aapp-play"), "live", "bypass", "--backend", "jack"},
                        {.input = "", .environment = {{"JACK_DEFAULT_SERVER", "aapp-nobody"}}, .folder = ""});
  EXPECT_EQ(live.exit_code, 5) << live.err;
  EXPECT_NE(live.err.find("aapp-play: "), std::string::npos) << live.err;
}

TEST(TwoPrograms, AMissingOneIsNamed) {
  const test::TempDir folder;
  std::filesystem::copy(test::program_path("aapp-play"), folder.file("aapp-play"));
  const test::RunResult result = test::run_program({folder.file("aapp-play"), "devices"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            "aapp-play: " + std::filesystem::canonical(folder.path()).string() +
                "/aapp-play-live: cannot be started (No such file or directory); it belongs beside "
                "aapp-play, install aapp again\n");
}

TEST(TwoPrograms, TheOneThatRendersLoadsNoSoundServerAndNoFit) {
  const test::RunResult needed = test::run_program({"ldd", test::program_path("aapp-play")});
  ASSERT_EQ(needed.exit_code, 0) << needed.err;
  EXPECT_NE(needed.out.find("libsndfile"), std::string::npos) << needed.out;
  for (const char* library : {"libjack", "librtaudio", "libasound", "libpulse", "libceres"}) {
    EXPECT_EQ(needed.out.find(library), std::string::npos) << library;
  }
}

}  // namespace
}  // namespace aapp

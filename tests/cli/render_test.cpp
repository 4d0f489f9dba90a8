// The built aapp-play as scripts use it: exit codes, messages, files.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/audio_files.h"
#include "tests/support/run_program.h"
#include "tests/support/signals.h"
#include "tests/support/source_tree.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testdata.h"

namespace aapp {
namespace {

using test::run_program;
using test::RunResult;
using test::TempDir;
using test::write_audio_file;
using Names = std::vector<std::string>;

constexpr const char* kPreset = R"({"format": "aapp-preset", "version": 1, "name": "quieter",
  "chain": [{"effect": "gain", "params": {"gain_db": -6.0}}]})";

class Render : public testing::Test {
 protected:
  Render() { test::write_bytes(preset(), kPreset); }

  std::string preset() const { return settings_.file("quieter.json"); }
  std::string file(const std::string& name) const { return dir_.file(name); }
  RunResult render(const std::vector<std::string>& arguments, const std::string& input = "") const {
    std::vector<std::string> command{test::program_path("aapp-play"), "render", preset()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_program(command, {.input = input});
  }
  void make_wav(const std::string& name, int channels = 1, std::size_t frames = 4800) const {
    std::filesystem::create_directories(std::filesystem::path(file(name)).parent_path());
    write_audio_file(file(name), test::noise(channels, frames), 48000, "pcm_16");
  }

  TempDir dir_, settings_;
};

// stderr holds exactly one line.
void expect_one_sentence(const RunResult& result, int exit_code, const std::string& says) {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_EQ(result.err.rfind("aapp-play: ", 0), 0U) << result.err;
  EXPECT_NE(result.err.find(says), std::string::npos) << result.err;
}

TEST_F(Render, AFileAndSaysWhatItDid) {
  make_wav("in.wav", 2);
  const RunResult result = render({file("in.wav"), "-o", file("out.wav")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_NE(result.out.find("out.wav: 0.1 s, 2 channels, 48000 Hz, wav pcm_16, peak -12"), std::string::npos)
      << result.out;
  const auto in = io::load_audio(file("in.wav")), out = io::load_audio(file("out.wav"));
  EXPECT_NEAR(out->samples.channel(0)[100], 0.501187F * in->samples.channel(0)[100], 1.0F / 32768.0F);
}

TEST_F(Render, QuietSaysNothing) {
  make_wav("in.wav");
  const RunResult result = render({file("in.wav"), "-o", file("out.wav"), "--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST_F(Render, AFolderIsMirroredAndJobsDoNotChangeAByte) {
  for (const char* name : {"in/a.wav", "in/b/c.wav", "in/b/d/e.wav", "in/f.wav"}) make_wav(name, 2, 30000);
  test::write_bytes(file("in/readme.txt"), "not audio");
  std::string first;
  for (const char* jobs : {"1", "2", "7"}) {
    const std::string out = std::string("out") + jobs;
    const RunResult result = render({file("in"), "-o", file(out), "-j", jobs});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("4 files done, 1 left out"), std::string::npos) << result.out;
    std::string bytes;
    for (const char* name : {"/a.wav", "/b/c.wav", "/b/d/e.wav", "/f.wav"})
      bytes += test::read_bytes(file(out + name));
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << jobs;
  }
}

TEST_F(Render, OneBadFileLeavesTheOthersDoneAndExitCode7) {
  make_wav("in/a.wav");
  make_wav("in/c.wav");
  test::write_bytes(file("in/b.wav"), "no audio");
  const RunResult result = render({file("in"), "-o", file("out")});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_NE(result.err.find("in/b.wav: is damaged or no audio"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 of 3 files failed"), std::string::npos) << result.err;
  EXPECT_TRUE(std::filesystem::exists(file("out/a.wav")) && std::filesystem::exists(file("out/c.wav")));
  EXPECT_FALSE(std::filesystem::exists(file("out/b.wav")));
}

TEST_F(Render, MistakesAreOneSentenceAndWriteNothing) {
  make_wav("in.wav");
  make_wav("a/x.wav");
  make_wav("b/x.wav");
  test::write_bytes(file("old.wav"), "old");
  const auto before = dir_.listing();
  expect_one_sentence(render({file("in.wav"), "-o", file("in.wav"), "--force"}), 2,
                      "is an input and would be");
  expect_one_sentence(render({file("a"), file("b"), "-o", file("out")}), 2, "would be written there");
  expect_one_sentence(render({file("in.wav"), "-o", file("old.wav")}), 1, "use --force to replace it");
  expect_one_sentence(render({file("absent.wav"), "-o", file("out.wav")}), 3, "cannot be opened");
  expect_one_sentence(render({test::testdata("truncated.wav"), "-o", file("out.wav")}), 3, "is truncated");
  expect_one_sentence(render({file("in.wav"), "-o", file("out.tape")}), 2,
                      "the extension .tape names no audio format");
  expect_one_sentence(render({file("in.wav"), "-o", file("out.wav"), "--format", "tape"}), 2,
                      "unknown format tape");
  expect_one_sentence(render({file("in.wav"), "-o", file("out.wav"), "--rate", "1"}), 3,
                      "sample rate is 1 Hz");
  expect_one_sentence(render({file("in.wav"), "-o", file("o.wav"), "--rate", "8000", "--keep-rate"}), 2,
                      "contradict");
  expect_one_sentence(render({file("in.wav"), "-o", file("o.wav"), "--normalize", "3"}), 2,
                      "must be -70 to 0 LUFS");
  expect_one_sentence(render({file("in.wav"), "-o", file("o.wav"), "--raw", "s16:1:1"}), 2,
                      "unknown encoding s16");
  expect_one_sentence(render({file("in.wav"), "-o", "-", "--json"}), 2, "both want standard output");
  EXPECT_EQ(dir_.listing(), before);
  EXPECT_EQ(test::read_bytes(file("old.wav")), "old");
}

TEST_F(Render, EveryBrokenFileOfTestdataEndsInOneSentence) {
  for (const auto& entry : std::filesystem::directory_iterator(test::source_path("testdata"))) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".py" || entry.path().extension() == ".raw") continue;
    const std::string output = file("out" + entry.path().extension().string());
    const RunResult result =
        render({entry.path().string(), "-o", output, "--force", "--format", *io::container_from_path(name)});
    if (result.exit_code == 0) {
      EXPECT_EQ(io::load_audio(output)->non_finite_samples, 0) << name;
    } else {
      expect_one_sentence(result, 3, name);
      EXPECT_FALSE(std::filesystem::exists(output)) << name;
    }
    std::filesystem::remove(output);
    EXPECT_EQ(dir_.listing(), Names{}) << name;
  }
}

TEST_F(Render, NonFiniteInputIsReportedAndNeverWritten) {
  const RunResult result = render({test::testdata("nan_and_inf.wav"), "-o", file("out.wav")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("24 NaN or infinite samples in the input were played as silence"),
            std::string::npos);
  EXPECT_EQ(io::load_audio(file("out.wav"))->non_finite_samples, 0);
}

TEST_F(Render, ResamplingIsSaid) {
  make_wav("in.wav");
  const RunResult refused = render({file("in.wav"), "-o", file("out.opus"), "--rate", "44100"});
  expect_one_sentence(refused, 2, "Opus holds 8000, 12000, 16000, 24000, 48000 Hz; convert with --rate");
  const RunResult result = render({file("in.wav"), "-o", file("out.opus"), "--rate", "24000"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("resampled from 48000 to 24000 Hz"), std::string::npos) << result.out;
}

TEST_F(Render, PipesOfWavAndOfRawPcmGiveTheFilesSamples) {
  make_wav("in.wav", 2);
  ASSERT_EQ(render({file("in.wav"), "-o", file("out.wav")}).exit_code, 0);
  const RunResult wav = render({"-", "-o", "-"}, test::read_bytes(file("in.wav")));
  EXPECT_EQ(wav.exit_code, 0) << wav.err;
  EXPECT_TRUE(wav.out == test::read_bytes(file("out.wav")));
  constexpr std::size_t kHeader = 44;
  const RunResult raw = render({"-", "-o", "-", "--raw", "s16le:48000:2", "--quiet"},
                               test::read_bytes(file("in.wav")).substr(kHeader));
  EXPECT_EQ(raw.exit_code, 0) << raw.err;
  EXPECT_TRUE(raw.out == wav.out.substr(kHeader));
}

TEST_F(Render, CtrlCLeavesNothingHalfWritten) {
  // Long enough to be caught at it on any machine: the best resampler over ten minutes.
  write_audio_file(file("in.wav"), test::noise(1, std::size_t{48000} * 600), 48000, "pcm_16");
  for (const int signal : {SIGINT, SIGTERM}) {
    test::RunningProgram running({test::program_path("aapp-play"), "render", preset(), file("in.wav"), "-o",
                                  file("out.wav"), "--rate", "44100"});
    for (int i = 0; i < 1000 && dir_.listing().size() < 2; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(dir_.listing().size(), 2U) << "no temporary file beside the target";
    EXPECT_FALSE(std::filesystem::exists(file("out.wav")));
    running.send(signal);
    const RunResult result = running.wait();
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_NE(result.err.find("interrupted"), std::string::npos) << result.err;
    EXPECT_EQ(dir_.listing(), Names{"in.wav"});
  }
}

TEST_F(Render, AFullDiskIsOneSentenceAndLeavesNothing) {
  make_wav("in.wav", 2, 96000);
  // A limit on the size of files stands in for the full disk: writing fails in the middle.
  const std::string command =
      fmt::format("trap '' XFSZ; ulimit -f 64; exec '{}' render '{}' '{}' -o '{}'",
                  test::program_path("aapp-play"), preset(), file("in.wav"), file("out.wav"));
  expect_one_sentence(run_program({"sh", "-c", command}), 1, "out.wav: cannot be written");
  EXPECT_EQ(dir_.listing(), Names{"in.wav"});
}

TEST_F(Render, JsonNamesEveryFileAndItsFate) {
  make_wav("in/a.wav");
  test::write_bytes(file("in/b.wav"), "no audio");
  const RunResult result = render({file("in"), "-o", file("out"), "--json"});
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.out.rfind("{\n  \"format\": \"aapp-batch\"", 0), 0U) << result.out;
  EXPECT_NE(result.out.find(R"("status": "done")"), std::string::npos);
  EXPECT_NE(result.out.find(R"("status": "failed")"), std::string::npos);
  EXPECT_NE(result.out.find(R"("done": 1, "failed": 1)"), std::string::npos) << result.out;
}

RunResult convert(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{test::program_path("aapp-play"), "convert"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_program(command);
}

TEST_F(Render, ConvertThereAndBackKeepsEveryBit) {
  make_wav("in.wav", 2);
  std::string last = file("in.wav");
  for (const char* name : {"1.flac", "2.aiff", "3.caf", "4.w64", "5.rf64", "6.wav"}) {
    ASSERT_EQ(convert({last, file(name)}).exit_code, 0) << name;
    last = file(name);
  }
  EXPECT_TRUE(test::read_bytes(last) == test::read_bytes(file("in.wav")));
}

TEST_F(Render, ConvertChangesRateChannelsAndDepth) {
  make_wav("in.wav", 2);
  ASSERT_EQ(convert({file("in.wav"), file("out.flac"), "--rate", "16000", "--channels", "1",
                     "--sample-format", "pcm_24", "--dither"})
                .exit_code,
            0);
  const auto out = io::load_audio(file("out.flac"));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->info.rate_hz, 16000);
  EXPECT_EQ(out->info.channels, 1);
  EXPECT_EQ(out->info.frames, 1600);
  EXPECT_EQ(out->info.format.sample_format, "pcm_24");
  const RunResult raw =
      convert({test::testdata("noise_s16le_16000_mono.raw"), file("raw.wav"), "--raw", "s16le:16000:1"});
  ASSERT_EQ(raw.exit_code, 0) << raw.err;
  EXPECT_TRUE(io::load_audio(file("raw.wav"))->samples ==
              io::load_audio(test::testdata("noise_16bit_mono.wav"))->samples);
}

}  // namespace
}  // namespace aapp

// The five classic mistakes with PCM, each made on purpose: the suite refuses it or repairs it, and says so.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/analyze/inspect/awkward_files.h"
#include "tests/support/run_program.h"
#include "tests/support/source_tree.h"

namespace aapp {
namespace {

using inspect::bytes_of;
using inspect::tune;

class PcmMistake : public testing::Test {
 protected:
  std::string file(const std::string& name) const { return folder_.file(name); }
  static test::RunResult analyze(std::vector<std::string> words) {
    return run("aapp-analyze", std::move(words));
  }
  static test::RunResult play(std::vector<std::string> words) { return run("aapp-play", std::move(words)); }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  test::TempDir folder_;

 private:
  static test::RunResult run(const std::string& program, std::vector<std::string> words) {
    words.insert(words.begin(), test::program_path(program));
    return test::run_program(words);
  }
};

TEST_F(PcmMistake, ReinterpretingBytesIsNamedAndUndone) {
  const auto sound = tune(1);
  test::write_bytes(file("take.wav"),
                    inspect::wav({}, bytes_of(sound, {.encoding = audio::PcmEncoding::f32})));
  const auto inspected = analyze({"inspect", "--strict", file("take.wav")});
  EXPECT_EQ(inspected.exit_code, 3);
  EXPECT_TRUE(has(inspected.out, "read as f32le:44100:1")) << inspected.out;
  // What it says is right: the samples come back, bit for bit.
  test::write_bytes(file("take.raw"), test::read_bytes(file("take.wav")).substr(44));
  ASSERT_EQ(play({"convert", file("take.raw"), file("back.wav"), "--raw", "f32le:44100:1"}).exit_code, 0);
  EXPECT_EQ(io::load_audio(file("back.wav"))->samples, sound);
}

TEST_F(PcmMistake, StereoIsNeverTakenForMono) {
  const auto sound = tune(2);
  test::write_bytes(file("take.raw"), bytes_of(sound, {.encoding = audio::PcmEncoding::s16}));
  const auto inspected = analyze({"inspect", "--strict", file("take.raw"), "--raw", "s16le:44100:1"});
  EXPECT_EQ(inspected.exit_code, 3);
  EXPECT_TRUE(has(inspected.out, "is stereo that is read as mono")) << inspected.out;
  // Asked for mono, the suite takes the mean of both channels, no channel alone and no sum.
  ASSERT_EQ(play({"convert", file("take.raw"), file("mono.wav"), "--raw", "s16le:44100:2", "--channels", "1",
                  "--sample-format", "float"})
                .exit_code,
            0);
  ASSERT_EQ(play({"convert", file("take.raw"), file("stereo.wav"), "--raw", "s16le:44100:2"}).exit_code, 0);
  const auto mono = io::load_audio(file("mono.wav")), stereo = io::load_audio(file("stereo.wav"));
  ASSERT_EQ(mono->samples.channels(), 1);
  for (const std::size_t i : {0U, 7777U, 100000U}) {
    const float mean = 0.5F * (stereo->samples.channel(0)[i] + stereo->samples.channel(1)[i]);
    EXPECT_FLOAT_EQ(mono->samples.channel(0)[i], mean);
  }
}

TEST_F(PcmMistake, ADeclaredRateIsCheckedAndNeverChangedSilently) {
  test::write_audio_file(file("take.wav"), tune(1), inspect::kTuneRateHz, "pcm_16");
  const auto refused =
      play({"render", "bypass", file("take.wav"), "-o", file("out.raw"), "--raw", "s16le:48000:1"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(has(refused.err, "--raw says 48000 Hz")) << refused.err;
  EXPECT_TRUE(has(refused.err, "convert it with --rate")) << refused.err;
  test::write_bytes(file("patched.wav"),
                    inspect::wav({.rate_hz = 48000, .bytes_per_second = 2 * 44100},
                                 bytes_of(tune(1), {.encoding = audio::PcmEncoding::s16})));
  const auto inspected = analyze({"inspect", "--strict", file("patched.wav")});
  EXPECT_EQ(inspected.exit_code, 3);
  EXPECT_TRUE(has(inspected.out, "(as at 44100 Hz)")) << inspected.out;
}

TEST_F(PcmMistake, IntegersAreNotComputedWithAndNeverWrap) {
  test::write_bytes(file("louder.json"), R"({"format": "aapp-preset", "version": 1, "name": "louder",
    "chain": [{"effect": "gain", "params": {"gain_db": 12}}]})");
  test::write_audio_file(file("take.wav"), test::sine(1, 44100, 100.0, 44100.0, 0.9), 44100, "pcm_16");
  const auto rendered = play(
      {"render", file("louder.json"), file("take.wav"), "-o", file("out.wav"), "--sample-format", "pcm_16"});
  ASSERT_EQ(rendered.exit_code, 0) << rendered.err;
  EXPECT_TRUE(has(rendered.out, "clipped")) << rendered.out;
  const auto in = io::load_audio(file("take.wav")), out = io::load_audio(file("out.wav"));
  for (std::size_t i = 0; i < in->samples.frames(); ++i) {
    // A wrapped sample would change its sign.
    EXPECT_GE(in->samples.channel(0)[i] * out->samples.channel(0)[i], 0.0F) << i;
  }
  EXPECT_EQ(test::peak(out->samples), 1.0F);  // -32768 is there, 32768 is not
  // 12 dB up and down again inside one chain loses nothing, though an integer in between could not have held
  // it.
  test::write_bytes(file("there_and_back.json"),
                    R"({"format": "aapp-preset", "version": 1, "name": "back", "chain": [
    {"effect": "gain", "params": {"gain_db": 12}}, {"effect": "gain", "params": {"gain_db": -12}}]})");
  ASSERT_EQ(play({"render", file("there_and_back.json"), file("take.wav"), "-o", file("same.wav")}).exit_code,
            0);
  EXPECT_LT(test::largest_difference(io::load_audio(file("same.wav"))->samples, in->samples),
            1.5F / 32768.0F);
}

TEST_F(PcmMistake, LostFrameAlignmentIsRefusedOrNamed) {
  const std::string bytes = bytes_of(tune(2), {.encoding = audio::PcmEncoding::s16});
  test::write_bytes(file("cut.raw"), bytes.substr(0, 200001));
  const auto refused =
      play({"render", "bypass", file("cut.raw"), "-o", file("out.raw"), "--raw", "s16le:44100:2"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_TRUE(has(refused.err, "not a whole number of 4-byte frames")) << refused.err;
  EXPECT_FALSE(std::filesystem::exists(file("out.raw")));
  std::string shifted = bytes;
  shifted.erase(100000, 1);
  shifted.resize(shifted.size() / 4 * 4);
  test::write_bytes(file("shifted.raw"), shifted);
  const auto inspected = analyze({"inspect", "--strict", file("shifted.raw"), "--raw", "s16le:44100:2"});
  EXPECT_EQ(inspected.exit_code, 3);
  EXPECT_TRUE(has(inspected.out, "loses its frame alignment")) << inspected.out;
}

}  // namespace
}  // namespace aapp

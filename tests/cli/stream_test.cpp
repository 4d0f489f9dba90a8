// Streams through the programs: unbounded, frame-aligned however the bytes are cut, the same bits as files.
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "common/io/audio_file.h"
#include "tests/support/audio_files.h"
#include "tests/support/pipe_program.h"
#include "tests/support/run_program.h"
#include "tests/support/signals.h"
#include "tests/support/source_tree.h"

namespace aapp {
namespace {

using test::PipedProgram;

constexpr const char* kAllEffects = R"({"format": "aapp-preset", "version": 1, "name": "all", "chain": [
  {"effect": "eq", "params": {"bands": [{"type": "peak", "frequency_hz": 900, "gain_db": 5, "q": 1.2}]}},
  {"effect": "compressor", "params": {"threshold_db": -30, "ratio": 3, "attack_ms": 4, "release_ms": 90}},
  {"effect": "limiter", "params": {"ceiling_dbtp": -3}}]})";
constexpr int kRateHz = 48000;

class Stream : public testing::Test {
 protected:
  Stream() {
    test::write_bytes(preset(), kAllEffects);
    test::write_audio_file(file("in.wav"), test::bursts(2, 3 * kRateHz, 5000), kRateHz, "pcm_16");
    const std::string raw = "s16le:48000:2";
    run({"convert", file("in.wav"), file("in.raw"), "--raw", raw, "--quiet"});
    run({"render", preset(), file("in.raw"), "-o", file("out.raw"), "--raw", raw, "--quiet"});
    input_ = test::read_bytes(file("in.raw"));
    rendered_ = test::read_bytes(file("out.raw"));
  }

  std::string file(const std::string& name) const { return folder_.file(name); }
  std::string preset() const { return file("all.json"); }
  static std::vector<std::string> play(std::vector<std::string> words) {
    words.insert(words.begin(), test::program_path("aapp-play"));
    return words;
  }
  static void run(const std::vector<std::string>& words) {
    const auto result = test::run_program(play(words));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  // The output for `bytes`, written in portions of the sizes that `next` gives.
  template <class Next>
  static std::string pass(PipedProgram& program, const std::string& bytes, Next next) {
    std::thread feeder([&] {
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = std::min<std::size_t>(next(), bytes.size() - at);
        program.write(std::string_view(bytes).substr(at, size));
        at += size;
      }
      program.close_input();
    });
    std::string out = program.read_all();
    feeder.join();
    return out;
  }
  std::vector<std::string> render_raw() const {
    return play({"render", preset(), "-", "-o", "-", "--raw", "s16le:48000:2", "--quiet"});
  }

  test::TempDir folder_;
  std::string input_, rendered_;
};

TEST_F(Stream, IsTheFileBitForBitHoweverItIsCut) {
  ASSERT_EQ(input_.size(), 3U * kRateHz * 4);
  ASSERT_EQ(rendered_.size(), input_.size());
  for (const std::size_t size : {641U, 1U, 4096U, 65536U}) {
    // A byte at a time is slow for the test, not for the program.
    const std::string bytes = size == 1 ? input_.substr(0, 40000) : input_;
    PipedProgram program(render_raw());
    const std::string out = pass(program, bytes, [size] { return size; });
    const auto ended = program.wait();
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
    // The limiter looks ahead, so the end of a shorter stream differs from the middle of a longer one.
    const std::size_t same = size == 1 ? bytes.size() - 4000 : bytes.size();
    EXPECT_EQ(out.size(), bytes.size());
    EXPECT_TRUE(out.substr(0, same) == rendered_.substr(0, same)) << "portions of " << size;
  }
  std::mt19937 random(5);
  PipedProgram program(render_raw());
  EXPECT_TRUE(pass(program, input_, [&] { return 1 + random() % 20000; }) == rendered_);
  EXPECT_EQ(program.wait().exit_code, 0);
}

// A header that says nothing about the length, as recorders write it to pipes.
TEST_F(Stream, WavPassesThroughWhileItIsStillBeingRecorded) {
  std::string wav = test::read_bytes(file("in.wav"));
  const std::size_t data = wav.find("data");
  const std::string head = wav.substr(0, data + 4) + "\xFF\xFF\xFF\xFF";
  PipedProgram program(play({"render", preset(), "-", "-o", "-", "--quiet"}));
  program.write(head);
  constexpr std::size_t kFirst = 40000, kHeld = 8000;  // bytes; the chain may hold back some, not 8000
  program.write(std::string_view(input_).substr(0, kFirst));
  // The input stays open: what comes now does not wait for its end.
  const std::string out_head = program.read(44);
  ASSERT_EQ(out_head.size(), 44U);
  EXPECT_EQ(out_head.substr(0, 4), "RIFF");
  EXPECT_EQ(out_head.substr(36), "data\xFF\xFF\xFF\xFF");
  std::string out = program.read(kFirst - kHeld);
  EXPECT_TRUE(out == rendered_.substr(0, kFirst - kHeld));
  out += pass(program, input_.substr(kFirst), [] { return 641U; });
  EXPECT_TRUE(out == rendered_);
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST_F(Stream, WavEndsWhereItsHeaderSaysAndNotEarlier) {
  const std::string wav = test::read_bytes(file("in.wav"));
  const auto render = play({"render", preset(), "-", "-o", "-", "--quiet"});
  PipedProgram with_more(render);
  const std::string out = pass(with_more, wav + "LIST" + std::string(1000, '\7'), [] { return 1000U; });
  EXPECT_TRUE(out.substr(44) == rendered_);
  EXPECT_EQ(with_more.wait().exit_code, 0);
  PipedProgram cut_off(render);
  pass(cut_off, wav.substr(0, 200001), [] { return 1000U; });
  const auto ended = cut_off.wait();
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_NE(ended.err.find("standard input: ends after"), std::string::npos) << ended.err;
}

// What is no simple WAV goes through a file, as before.
TEST_F(Stream, OtherContainersAreReadFromPipesToo) {
  run({"convert", file("in.wav"), file("in.flac"), "--quiet"});
  PipedProgram program(play({"convert", "-", "-", "--raw", "s16le:48000:2", "--quiet"}));
  // --raw speaks of standard input as well; so the container comes through measure.
  program.close_input();
  PipedProgram measure({test::program_path("aapp-analyze"), "measure", "-", "--json", "--quiet"});
  const std::string out = pass(measure, test::read_bytes(file("in.flac")), [] { return 777U; });
  EXPECT_EQ(measure.wait().exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(out)["recordings"][0]["frames"], 3 * kRateHz);
}

TEST_F(Stream, MemoryDoesNotGrowWithLength) {
  const auto peak_kib = [this](int repetitions) {
    PipedProgram program(render_raw());
    std::thread feeder([&] {
      for (int i = 0; i < repetitions; ++i) program.write(input_);
      program.close_input();
    });
    std::size_t bytes = 0;
    for (std::string part = program.read(65536); !part.empty(); part = program.read(65536))
      bytes += part.size();
    feeder.join();
    EXPECT_EQ(bytes, input_.size() * static_cast<std::size_t>(repetitions));
    return program.wait().peak_memory_kib;
  };
  const long one = peak_kib(1), forty = peak_kib(40);
  EXPECT_LT(forty - one, 2048) << one << " KiB for 3 s, " << forty << " KiB for 2 min";
}

TEST_F(Stream, AFitReadsItsReferenceFromAPipe) {
  PipedProgram program({test::program_path("aapp-analyze"), "fit", "-", "--source", file("in.wav"), "-o",
                        file("fit.json"), "--bands", "2", "--quiet"});
  pass(program, test::read_bytes(file("in.wav")), [] { return 641U; });
  const auto ended = program.wait();
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const auto preset = nlohmann::json::parse(test::read_bytes(file("fit.json")));
  EXPECT_EQ(preset["provenance"]["reference"]["file"], "standard input");
  EXPECT_EQ(preset["provenance"]["reference"]["sha256"].get<std::string>().size(), 64U);
  PipedProgram raw({test::program_path("aapp-analyze"), "fit", "-", "--raw", "s16le:48000:2", "--dry",
                    file("in.wav"), "-o", file("pair.json"), "--bands", "1", "--only", "eq,level",
                    "--quiet"});
  pass(raw, rendered_, [] { return 641U; });
  const auto paired = raw.wait();
  EXPECT_EQ(paired.exit_code, 0) << paired.err;
}

}  // namespace
}  // namespace aapp

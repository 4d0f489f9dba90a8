#include "play/batch/render_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/base/units.h"
#include "play/batch/channel_mix.h"
#include "play/batch/loudness_meter.h"
#include "play/batch/run_batch.h"
#include "tests/support/audio_files.h"
#include "tests/support/memory_stream.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace aapp::play {
namespace {

using audio::AudioBuffer;
using test::TempDir;
using test::write_audio_file;

Preset gain_preset(double gain_db) {
  Preset preset;
  preset.chain.push_back({effects::GainParams{.gain_db = gain_db}});
  return preset;
}

TEST(RenderFile, AnEmptyChainKeepsEveryBitOfAFile) {
  const TempDir dir;
  for (const char* format : {"pcm_16", "pcm_24", "float"}) {
    write_audio_file(dir.file("in.wav"), test::noise(2, 10000, 0.9F), 44100, format);
    const auto report =
        render_file({dir.file("in.wav"), dir.file("out.wav")}, {.overwrite = Overwrite::replace});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(test::read_bytes(dir.file("out.wav")) == test::read_bytes(dir.file("in.wav"))) << format;
    EXPECT_EQ(report->format.sample_format, format);
  }
}

TEST(RenderFile, TheOutputIsTheChainsOutput) {
  const TempDir dir;
  const AudioBuffer input = test::noise(3, 9999);
  write_audio_file(dir.file("in.wav"), input, 48000, "float");
  ASSERT_TRUE(render_file({dir.file("in.wav"), dir.file("out.caf")}, {.preset = gain_preset(-6.0)}));
  const auto rendered = chain::render(input, 48000, gain_preset(-6.0));
  EXPECT_EQ(io::load_audio(dir.file("out.caf"))->samples, *rendered);
}

TEST(RenderFile, KeepsTheRateUnlessToldOtherwise) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::sine(1, 16000, 1000.0, 16000.0), 16000, "float");
  const auto kept = render_file({dir.file("in.wav"), dir.file("kept.wav")}, {});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->rate_hz, 16000);
  const auto changed = render_file({dir.file("in.wav"), dir.file("changed.wav")}, {.rate_hz = 44100});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->rate_hz, 44100);
  EXPECT_EQ(changed->frames, 44100);
  EXPECT_EQ(io::load_audio(dir.file("changed.wav"))->info.rate_hz, 44100);
}

TEST(RenderFile, NormalizeReachesTheLoudnessThatAMeterReadsBack) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::noise(2, 96000, 0.05F), 48000, "float");
  const auto report = render_file({dir.file("in.wav"), dir.file("out.wav")}, {.normalize_lufs = -20.0});
  ASSERT_TRUE(report && report->normalization && report->normalization->measured_lufs);
  auto meter = LoudnessMeter::create(48000, 2);
  ASSERT_TRUE(meter && (*meter)->write(io::load_audio(dir.file("out.wav"))->samples.view()));
  EXPECT_NEAR(*(*meter)->integrated_lufs(), -20.0, 0.01);
  EXPECT_NEAR(*report->normalization->measured_lufs + report->normalization->gain_db, -20.0, 1e-9);
}

TEST(RenderFile, NormalizeLeavesSilenceAlone) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), AudioBuffer(1, 48000), 48000, "float");
  const auto report = render_file({dir.file("in.wav"), dir.file("out.wav")}, {.normalize_lufs = -20.0});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->normalization->measured_lufs);
  EXPECT_EQ(report->peak, 0.0F);
}

// EBU Tech 3341, test 1: a 1 kHz sine at -23 dBFS in both channels reads -23 LUFS.
TEST(LoudnessMeter, ReadsTheReferenceToneOfTech3341) {
  auto meter = LoudnessMeter::create(48000, 2);
  ASSERT_TRUE(meter);
  ASSERT_TRUE((*meter)->write(test::sine(2, 20 * 48000, 1000.0, 48000.0, db_to_gain(-23.0)).view()));
  EXPECT_NEAR(*(*meter)->integrated_lufs(), -23.0, 0.1);
}

TEST(RenderFile, CountsWhatClipsAndWhatIsNotFinite) {
  const TempDir dir;
  AudioBuffer input = test::noise(1, 1000, 0.4F);
  input.channel(0)[7] = std::numeric_limits<float>::quiet_NaN();
  input.channel(0)[8] = 0.9F;
  test::write_bytes(dir.file("in.raw"), {reinterpret_cast<const char*>(input.channel(0).data()), 4000});
  const auto report = render_file(
      {dir.file("in.raw"), dir.file("out.wav")},
      {.preset = gain_preset(6.0), .sample_format = "pcm_16", .raw = *io::parse_raw_spec("f32le:48000:1")});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->non_finite_input, 1);
  EXPECT_EQ(report->non_finite_output, 0);
  EXPECT_EQ(report->clipped_samples, 1);
}

TEST(RenderFile, WritesFloatWhereAPresetMakesTheInputsFormatClip) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::noise(2, 1000, 0.9F), 48000, "pcm_16");
  const auto report = render_file({dir.file("in.wav"), dir.file("out.wav")}, {.preset = gain_preset(6.0)});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->format.sample_format, "float");
  EXPECT_GT(report->spared_samples, 0);
  EXPECT_EQ(report->clipped_samples, 0);
  const auto out = io::load_audio(dir.file("out.wav"));
  ASSERT_TRUE(out);
  EXPECT_GT(std::abs(*std::ranges::max_element(out->samples.channel(0))), 1.0F);
}

TEST(RenderFile, ClipsAndCountsWhereTheFormatWasAskedForOrThereIsNoOther) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::noise(1, 1000, 0.9F), 48000, "pcm_16");
  for (const auto& [name, format] :
       {std::pair{"asked.wav", "pcm_16"}, std::pair{"flac_has_no_float.flac", ""}}) {
    const auto report = render_file({dir.file("in.wav"), dir.file(name)},
                                    {.preset = gain_preset(6.0), .sample_format = format});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->format.sample_format, "pcm_16") << name;
    EXPECT_GT(report->clipped_samples, 0) << name;
    EXPECT_EQ(report->spared_samples, 0) << name;
  }
}

TEST(RenderFile, StoppingLeavesNothingBehind) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::noise(1, 100000), 48000);
  const auto stopped =
      render_file({dir.file("in.wav"), dir.file("out.wav")}, {}, [](double share) { return share < 0.5; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
  EXPECT_EQ(dir.listing(), std::vector<std::string>{"in.wav"});
}

TEST(RenderFile, ProgressRisesToOneInOnePassAndInTwo) {
  const TempDir dir;
  write_audio_file(dir.file("in.wav"), test::noise(1, 100000), 48000);
  for (const std::optional<double> lufs : {std::optional<double>(), std::optional<double>(-20.0)}) {
    double last = 0.0;
    ASSERT_TRUE(render_file({dir.file("in.wav"), dir.file("out.wav")},
                            {.normalize_lufs = lufs, .overwrite = Overwrite::replace}, [&](double share) {
                              EXPECT_GE(share, last);
                              last = share;
                              return true;
                            }));
    EXPECT_NEAR(last, 1.0, 1e-9);
  }
}

TEST(ChannelMix, ToOneIsTheMeanAndFromOneAreCopies) {
  AudioBuffer stereo(2, 3);
  stereo.channel(0)[1] = 0.5F;
  stereo.channel(1)[1] = -0.25F;
  stereo.channel(1)[2] = std::numeric_limits<float>::infinity();
  auto mono = ChannelMix::create(std::make_unique<test::MemorySource>(stereo, 48000), 1);
  ASSERT_TRUE(mono);
  const auto mixed = test::read_all(**mono);
  EXPECT_EQ(std::vector<float>(mixed->channel(0).begin(), mixed->channel(0).end()),
            (std::vector<float>{0.0F, 0.125F, 0.0F}));
  EXPECT_EQ((*mono)->non_finite_samples(), 1);
  auto wide = ChannelMix::create(std::make_unique<test::MemorySource>(test::noise(1, 50), 48000), 6);
  ASSERT_TRUE(wide);
  const auto spread = test::read_all(**wide, 7);
  EXPECT_TRUE(std::ranges::equal(spread->channel(5), test::noise(1, 50).channel(0)));
  EXPECT_FALSE(ChannelMix::create(std::make_unique<test::MemorySource>(stereo, 48000), 6));
}

TEST(RunBatch, BytesDoNotDependOnTheNumberOfThreads) {
  const TempDir dir;
  BatchPlan plan;
  for (int i = 0; i < 6; ++i) {
    const std::string name = std::to_string(i) + ".wav";
    write_audio_file(dir.file(name), test::noise(1 + i % 2, 20000, 0.3F, static_cast<std::uint64_t>(i + 1)),
                     44100, "pcm_16");
    plan.jobs.push_back({dir.file(name), ""});
  }
  std::vector<std::string> first;
  for (const int threads : {1, 2, 5}) {
    for (std::size_t i = 0; i < plan.jobs.size(); ++i) {
      plan.jobs[i].output = dir.file(std::to_string(threads) + "/" + std::to_string(i) + ".wav");
    }
    const BatchResult result =
        run_batch(plan, {.preset = gain_preset(-3.0), .dither = audio::Dither::tpdf}, {.threads = threads});
    ASSERT_EQ(result.failed, 0U);
    std::vector<std::string> bytes;
    for (const Job& job : plan.jobs) bytes.push_back(test::read_bytes(job.output));
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << threads << " threads";
  }
}

TEST(RunBatch, OneBadFileDoesNotStopTheOthers) {
  const TempDir dir;
  write_audio_file(dir.file("good.wav"), test::noise(1, 1000), 48000);
  test::write_bytes(dir.file("bad.wav"), "no audio");
  const BatchPlan plan{
      .jobs = {{dir.file("bad.wav"), dir.file("o1.wav")}, {dir.file("good.wav"), dir.file("o2.wav")}}};
  const BatchResult result = run_batch(plan, {});
  EXPECT_EQ(result.failed, 1U);
  EXPECT_FALSE(result.files[0]);
  EXPECT_TRUE(result.files[1]);
  const auto ended = outcome(result);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::partial);
  EXPECT_EQ(dir.listing(), (std::vector<std::string>{"bad.wav", "good.wav", "o2.wav"}));
}

TEST(RunBatch, TheOnlyFilesErrorIsTheBatchs) {
  const BatchPlan plan{.jobs = {{"absent.wav", "out.wav"}}};
  const auto ended = outcome(run_batch(plan, {}));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace aapp::play

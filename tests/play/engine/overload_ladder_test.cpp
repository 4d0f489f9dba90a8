#include "play/engine/overload_ladder.h"

#include <gtest/gtest.h>

#include "common/base/units.h"
#include "play/engine/engine.h"

namespace aapp::play {
namespace {

constexpr double kPeriodS = 0.001;

class Ladder {
 public:
  explicit Ladder(bool has_economy) { ladder_.start(has_economy); }
  Rung run(double seconds, double share) {
    for (double t = 0.0; t < seconds - 1e-9; t += kPeriodS) ladder_.add(share, kPeriodS);
    return ladder_.rung();
  }

 private:
  OverloadLadder ladder_{0.025};
};

TEST(OverloadLadder, StaysUpWithinBudgetAndAfterSingleSpikes) {
  Ladder ladder(true);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(ladder.run(2 * kPeriodS, 5.0), Rung::full);
    ASSERT_EQ(ladder.run(kPeriodS, 0.89), Rung::full);
  }
}

TEST(OverloadLadder, TakesOneRungAfterThreeCallbacksAndWaitsForTheFade) {
  Ladder ladder(true);
  EXPECT_EQ(ladder.run(3 * kPeriodS, 1.1), Rung::economy);
  EXPECT_EQ(ladder.run(0.025, 1.1), Rung::economy);
  EXPECT_EQ(ladder.run(3 * kPeriodS, 1.1), Rung::lighter);
  EXPECT_EQ(ladder.run(0.029, 1.1), Rung::dry);
  EXPECT_EQ(ladder.run(1.0, 1.1), Rung::dry);
}

TEST(OverloadLadder, IsDownWithinFiftyMillisecondsOfTheLastOverrunThatAStepCanMend) {
  Ladder ladder(false);
  EXPECT_EQ(ladder.run(0.050, 1.5), Rung::dry);
}

TEST(OverloadLadder, LeavesOutTheRungThatWouldChangeNothing) {
  Ladder ladder(false);
  EXPECT_EQ(ladder.run(3 * kPeriodS, 1.1), Rung::lighter);
  EXPECT_EQ(ladder.run(kClimbSeconds + kPeriodS, 0.2), Rung::full);
}

TEST(OverloadLadder, ClimbsARungEveryFiveSeconds) {
  Ladder ladder(true);
  ladder.run(0.2, 2.0);
  EXPECT_EQ(ladder.run(4.9, 0.3), Rung::dry);
  EXPECT_EQ(ladder.run(0.2, 0.3), Rung::lighter);
  EXPECT_EQ(ladder.run(5.0, 0.3), Rung::economy);
  EXPECT_EQ(ladder.run(5.0, 0.3), Rung::full);
}

TEST(OverloadLadder, OneCallbackOverBudgetStartsTheFiveSecondsAnew) {
  Ladder ladder(false);
  ladder.run(3 * kPeriodS, 2.0);
  ladder.run(4.0, 0.3);
  ladder.run(kPeriodS, 2.0);
  EXPECT_EQ(ladder.run(4.9, 0.3), Rung::lighter);
  EXPECT_EQ(ladder.run(0.2, 0.3), Rung::full);
}

// The engine on a clock of the test's own: every look at it takes `step`, so a callback takes exactly one.
std::int64_t fake_ns = 0, fake_step_ns = 0;
std::int64_t fake_clock() noexcept {
  return fake_ns += fake_step_ns;
}

class ShedTest : public testing::Test {
 protected:
  static constexpr std::size_t kFrames = 48;
  static constexpr std::int64_t kPeriodNs = 1'000'000;

  ShedTest() : engine_(setup()) {
    fake_ns = 0;
    Preset preset;
    preset.chain.push_back({effects::GainParams{.gain_db = -20.0}});
    preset.chain.push_back({effects::GainParams{.gain_db = 6.0}, true});
    preset.chain.push_back({effects::GainParams{.gain_db = -20.0}});
    engine_.play(std::make_unique<chain::Chain>(*chain::Chain::make(preset, setup().stream)));
    engine_.fade_in();
    load(0.1);
    run(0.3);
  }
  static EngineSetup setup() {
    EngineSetup setup{.stream = {.rate_hz = 48000, .channels = 1, .max_block_frames = 1024},
                      .map = {},
                      .overload = Overload::shed,
                      .clock_ns = fake_clock};
    setup.map.push_back(1);
    return setup;
  }
  static void load(double share) { fake_step_ns = static_cast<std::int64_t>(share * kPeriodNs); }
  // A constant through the engine; the gain in dB at the end.
  double run(double seconds) {
    audio::AudioBuffer in(1, kFrames), out(1, kFrames);
    std::ranges::fill(in.channel(0), 0.1F);
    for (int i = 0; i < static_cast<int>(seconds * 1000.0 + 0.5); ++i) {
      engine_.process(in.view(), out.view());
      for (const float sample : out.channel(0)) {
        largest_step_ = std::max(largest_step_, std::abs(sample - last_));
        last_ = sample;
      }
      engine_.collect();
    }
    return gain_to_db(static_cast<double>(last_) / 0.1);
  }
  Engine engine_;
  float last_ = 0.0F, largest_step_ = 0.0F;
};

TEST_F(ShedTest, LeavesOutTheHeaviestThenAllAndComesBackWithoutAClick) {
  EXPECT_NEAR(run(0.1), -40.0, 0.01);
  load(2.0);
  run(0.003);
  EXPECT_EQ(engine_.counts().rung, Rung::lighter);
  load(0.1);
  EXPECT_NEAR(run(0.1), -20.0, 0.01);
  load(2.0);
  run(0.003);
  EXPECT_EQ(engine_.counts().rung, Rung::dry);
  load(0.1);
  EXPECT_NEAR(run(0.1), 0.0, 0.01);
  EXPECT_NEAR(run(5.0), -20.0, 0.01);
  EXPECT_NEAR(run(5.2), -40.0, 0.01);  // the node that the preset bypasses still is
  EXPECT_EQ(engine_.counts().rung, Rung::full);
  // 0.09 in 20 ms along half a cosine: at most pi/2 * 0.09 / 960 a frame.
  EXPECT_LT(largest_step_, 1.0e-3F);
}

TEST_F(ShedTest, ANewPresetStartsInFull) {
  load(2.0);
  run(0.1);
  EXPECT_EQ(engine_.counts().rung, Rung::dry);
  load(0.1);
  Preset preset;
  preset.chain.push_back({effects::GainParams{.gain_db = -12.0}});
  engine_.play(std::make_unique<chain::Chain>(*chain::Chain::make(preset, setup().stream)));
  EXPECT_NEAR(run(0.2), -12.0, 0.01);
  EXPECT_EQ(engine_.counts().rung, Rung::full);
}

TEST_F(ShedTest, ComparingKeepsWhatThePresetBypasses) {
  ASSERT_TRUE(engine_.send(SetBypass{Bypass::on, 0.0}));
  EXPECT_NEAR(run(0.2), 0.0, 0.01);
  ASSERT_TRUE(engine_.send(SetBypass{Bypass::off, 0.0}));
  EXPECT_NEAR(run(0.2), -40.0, 0.01);
}

}  // namespace
}  // namespace aapp::play

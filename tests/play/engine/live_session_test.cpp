#include "play/engine/live_session.h"

#include <gtest/gtest.h>

#include "tests/support/fake_device.h"

namespace aapp::play {
namespace {

using test::FakeSoundCard;

Preset gain_preset(double gain_db) {
  Preset preset;
  preset.chain.push_back({.params = effects::GainParams{.gain_db = gain_db}});
  return preset;
}

// Admission that takes as long as the test wants, and refuses gains above 0 dB.
struct SlowAdmission {
  std::atomic<bool> may_answer{false};
  std::atomic<int> asked{0};
  Admit admit() {
    return [this](const Preset& preset, const CallbackSpec& callback) -> Result<double> {
      ++asked;
      while (!may_answer) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (std::get<effects::GainParams>(preset.chain.front().params).gain_db > 0.0)
        return fail(ErrorCode::refused, "too loud for {} frames", callback.period_frames);
      return 100.0;
    };
  }
};

class LiveSessionTest : public ::testing::Test {
 protected:
  SessionOptions options(WhenAbsent when_absent = WhenAbsent::fail) {
    return {.backend = Backend::pulse,
            .wishes = {},
            .when_absent = when_absent,
            .opener = test::open_fake(card_)};
  }
  SessionOptions options_with(SlowAdmission& admission) {
    SessionOptions with = options();
    with.admit = admission.admit();
    return with;
  }
  // What play() tells at once.
  std::optional<bool> play(const Preset& preset) {
    std::optional<bool> played;
    session_->play(preset, [&](const Result<void>& outcome) { played = outcome.has_value(); });
    return played;
  }
  void start(WhenAbsent when_absent = WhenAbsent::fail) {
    session_ = LiveSession::start(options(when_absent), gain_preset(0.0)).value();
  }
  // Ticks until an event of this kind has come; false after 5 s.
  bool tick_until(EventKind kind) {
    for (int i = 0; i < 500; ++i) {
      session_->tick(rt::monotonic_ns() / 1'000'000);
      for (const SessionEvent& event : session_->take_events()) {
        events_.push_back(event);
        if (event.kind == kind) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  void run_for_ms(int ms) {
    for (int i = 0; i < ms / 10; ++i) {
      session_->tick(rt::monotonic_ns() / 1'000'000);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::shared_ptr<FakeSoundCard> card_ = std::make_shared<FakeSoundCard>();
  std::unique_ptr<LiveSession> session_;
  std::vector<SessionEvent> events_;
};

TEST_F(LiveSessionTest, WithoutADeviceItFailsWithTheDevicesSentence) {
  card_->present = false;
  const auto session = LiveSession::start(options(), {});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::device_unavailable);
  EXPECT_EQ(session.error().message, "the fake sound card is not there");
}

TEST_F(LiveSessionTest, AskedToWaitItStartsWhenTheDeviceComes) {
  card_->present = false;
  start(WhenAbsent::wait);
  EXPECT_FALSE(session_->running());
  ASSERT_TRUE(tick_until(EventKind::waiting));
  run_for_ms(200);
  EXPECT_TRUE(session_->take_events().empty());  // the same reason is not told twice
  card_->present = true;
  ASSERT_TRUE(tick_until(EventKind::opened));
  EXPECT_TRUE(session_->running());
}

TEST_F(LiveSessionTest, AMapThatTheDeviceCannotFillIsRefused) {
  SessionOptions wrong = options();
  wrong.map = ChannelMap{1, 2, 1};
  const auto session = LiveSession::start(std::move(wrong), {});
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::usage);
}

TEST_F(LiveSessionTest, EveryFaultIsFollowedByAReopenedStream) {
  start();
  ASSERT_TRUE(tick_until(EventKind::opened));
  for (std::atomic<bool>* fault : {&card_->broken, &card_->stalled, &card_->spinning}) {
    *fault = true;
    ASSERT_TRUE(tick_until(EventKind::lost));
    *fault = false;
    ASSERT_TRUE(tick_until(EventKind::opened));
    run_for_ms(100);
    EXPECT_TRUE(session_->running());
  }
  EXPECT_EQ(session_->counts().reopened, 3U);
  EXPECT_GT(session_->counts().callbacks, 0U);
}

TEST_F(LiveSessionTest, ADeviceThatHangsInCloseDoesNotKeepTheNextFromPlaying) {
  start();
  ASSERT_TRUE(tick_until(EventKind::opened));
  card_->hang_on_close = true;
  card_->stalled = true;
  ASSERT_TRUE(tick_until(EventKind::lost));
  card_->stalled = false;
  ASSERT_TRUE(tick_until(EventKind::opened));
  EXPECT_EQ(card_->open_now, 2);
  card_->hang_on_close = false;
  run_for_ms(100);
  EXPECT_EQ(card_->open_now, 1);
}

TEST_F(LiveSessionTest, ANewRateRebuildsTheChain) {
  start();
  ASSERT_TRUE(tick_until(EventKind::opened));
  card_->broken = true;
  card_->rate_hz = 44100;
  ASSERT_TRUE(tick_until(EventKind::lost));
  card_->broken = false;
  ASSERT_TRUE(tick_until(EventKind::opened));
  EXPECT_EQ(session_->facts().rate_hz, 44100);
  EXPECT_EQ(session_->engine().stream().rate_hz, 44100);
}

TEST_F(LiveSessionTest, ANewPeriodIsFollowedWithoutReopening) {
  start();
  ASSERT_TRUE(tick_until(EventKind::opened));
  card_->period_frames = 1231;
  ASSERT_TRUE(tick_until(EventKind::period_changed));
  run_for_ms(100);
  EXPECT_EQ(session_->facts().period_frames, 1231);
  EXPECT_EQ(card_->opened, 1);
}

TEST_F(LiveSessionTest, AnEqualPresetIsNoSwapAndABrokenOneKeepsTheOld) {
  start();
  EXPECT_TRUE(play(gain_preset(0.0)).value());
  Preset too_long;
  for (std::size_t i = 0; i <= kMaxChainNodes; ++i)
    too_long.chain.push_back({.params = effects::GainParams{}});
  EXPECT_FALSE(play(too_long).value());
  EXPECT_EQ(session_->preset(), gain_preset(0.0));
  EXPECT_TRUE(play(gain_preset(-6.0)).value());
  EXPECT_EQ(session_->preset(), gain_preset(-6.0));
}

TEST_F(LiveSessionTest, TheOldPresetPlaysUntilTheNewestIsAdmitted) {
  static SlowAdmission admission;  // it may be asked after the test's end
  admission.may_answer = true;
  session_ = LiveSession::start(options_with(admission), gain_preset(0.0)).value();
  EXPECT_EQ(session_->predicted_p999_us(), 100.0);

  admission.may_answer = false;
  std::optional<bool> first, between, second;
  session_->play(gain_preset(-3.0), [&](const Result<void>& played) { first = played.has_value(); });
  run_for_ms(100);
  session_->play(gain_preset(-4.0), [&](const Result<void>& played) { between = played.has_value(); });
  session_->play(gain_preset(-6.0), [&](const Result<void>& played) { second = played.has_value(); });
  run_for_ms(100);
  EXPECT_EQ(session_->preset(), gain_preset(0.0));
  EXPECT_TRUE(session_->running());
  admission.may_answer = true;
  run_for_ms(100);
  EXPECT_EQ(session_->preset(), gain_preset(-6.0));
  EXPECT_EQ(first, true);
  EXPECT_EQ(between, std::nullopt);
  EXPECT_EQ(second, true);
  EXPECT_EQ(admission.asked, 3);
}

// A slider that is drawn: a preset at every look, and none of them answered before the next has come.
TEST_F(LiveSessionTest, PresetsThatKeepComingAreFollowed) {
  static SlowAdmission admission;
  admission.may_answer = true;
  session_ = LiveSession::start(options_with(admission), gain_preset(0.0)).value();
  int played = 0;
  for (int i = 1; i <= 20; ++i) {
    session_->tick(rt::monotonic_ns() / 1'000'000);
    session_->play(gain_preset(-0.1 * i), [&](const Result<void>&) { ++played; });
    session_->play(gain_preset(-0.1 * i - 0.05), [&](const Result<void>&) { ++played; });
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_GT(played, 10);
}

TEST_F(LiveSessionTest, GoingBackToWhatPlaysCallsOffWhatWasToCome) {
  static SlowAdmission admission;
  admission.may_answer = true;
  session_ = LiveSession::start(options_with(admission), gain_preset(0.0)).value();
  admission.may_answer = false;
  session_->play(gain_preset(-3.0), [](const Result<void>&) { FAIL(); });
  EXPECT_EQ(play(gain_preset(0.0)), true);
  admission.may_answer = true;
  run_for_ms(100);
  EXPECT_EQ(session_->preset(), gain_preset(0.0));
}

TEST_F(LiveSessionTest, WhatIsNotAdmittedDoesNotPlay) {
  static SlowAdmission admission;
  admission.may_answer = true;
  session_ = LiveSession::start(options_with(admission), gain_preset(0.0)).value();
  std::string message;
  session_->play(gain_preset(3.0), [&](const Result<void>& played) { message = played.error().message; });
  run_for_ms(100);
  EXPECT_EQ(message, "too loud for 480 frames");
  EXPECT_EQ(session_->preset(), gain_preset(0.0));
  const auto refused = LiveSession::start(options_with(admission), gain_preset(3.0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
}

TEST_F(LiveSessionTest, TheChainsLatencyIsPublishedAtTheStart) {
  start();
  EXPECT_EQ(card_->published_latency, 0);
}

TEST_F(LiveSessionTest, StoppingFadesAndClosesInTime) {
  start();
  run_for_ms(200);
  EXPECT_NEAR(card_->peak, 0.5F, 1e-6F);
  const std::int64_t before = rt::monotonic_ns();
  session_->stop();
  EXPECT_LT(rt::monotonic_ns() - before, 1'500'000'000);
  EXPECT_FALSE(session_->running());
  EXPECT_EQ(card_->open_now, 0);
}

}  // namespace
}  // namespace aapp::play

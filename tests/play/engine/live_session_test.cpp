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

class LiveSessionTest : public ::testing::Test {
 protected:
  SessionOptions options(WhenAbsent when_absent = WhenAbsent::fail) {
    return {.backend = Backend::pulse,
            .wishes = {},
            .when_absent = when_absent,
            .opener = test::open_fake(card_)};
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
  ASSERT_TRUE(session_->play(gain_preset(0.0)));
  Preset too_long;
  for (std::size_t i = 0; i <= kMaxChainNodes; ++i)
    too_long.chain.push_back({.params = effects::GainParams{}});
  EXPECT_FALSE(session_->play(too_long));
  EXPECT_EQ(session_->preset(), gain_preset(0.0));
  ASSERT_TRUE(session_->play(gain_preset(-6.0)));
  EXPECT_EQ(session_->preset(), gain_preset(-6.0));
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

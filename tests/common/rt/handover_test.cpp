#include "common/rt/handover.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace aapp::rt {
namespace {

// Counts the living and notes on which thread each died.
struct Tracked {
  explicit Tracked(int n) : number(n) { ++alive; }
  ~Tracked() {
    --alive;
    if (std::this_thread::get_id() == audio_thread) ++freed_on_audio_thread;
  }
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;

  int number;
  static inline std::atomic<int> alive{0};
  static inline std::atomic<int> freed_on_audio_thread{0};
  static inline std::atomic<std::thread::id> audio_thread{};
};

TEST(Handover, GivesTheNewestOfferAndFreesTheOneNobodyTook) {
  Handover<Tracked> handover;
  EXPECT_EQ(handover.take(), nullptr);
  handover.offer(std::make_unique<Tracked>(1));
  handover.offer(std::make_unique<Tracked>(2));
  EXPECT_EQ(Tracked::alive, 1);
  EXPECT_TRUE(handover.pending());
  std::unique_ptr<Tracked> taken(handover.take());
  ASSERT_NE(taken, nullptr);
  EXPECT_EQ(taken->number, 2);
  EXPECT_FALSE(handover.pending());
}

TEST(Handover, FreesWhatWasRetiredWhenTheControlThreadCollects) {
  Handover<Tracked> handover;
  handover.offer(std::make_unique<Tracked>(1));
  ASSERT_TRUE(handover.retire(handover.take()));
  EXPECT_EQ(Tracked::alive, 1);
  handover.collect();
  EXPECT_EQ(Tracked::alive, 0);
}

TEST(Handover, FreesEverythingItStillHoldsAtItsEnd) {
  {
    Handover<Tracked> handover;
    handover.offer(std::make_unique<Tracked>(1));
    ASSERT_TRUE(handover.retire(handover.take()));
    handover.offer(std::make_unique<Tracked>(2));
  }
  EXPECT_EQ(Tracked::alive, 0);
}

TEST(Handover, RefusesToRetireWhenNobodyCollectsAndLosesNothing) {
  Handover<Tracked> handover;
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    auto object = std::make_unique<Tracked>(i);
    if (handover.retire(object.get())) {
      static_cast<void>(object.release());
    } else {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
  handover.collect();
  EXPECT_EQ(Tracked::alive, 0);
}

TEST(Handover, TwoThreadsSwapThousandsOfTimesAndNothingDiesOnTheAudioThread) {
  constexpr int kOffers = 20'000;
  Tracked::freed_on_audio_thread = 0;
  Handover<Tracked> handover;
  std::atomic<bool> done{false};
  std::atomic<int> backwards{0};
  Tracked* last = nullptr;
  std::thread audio([&] {
    Tracked::audio_thread = std::this_thread::get_id();
    Tracked* current = nullptr;
    while (!done.load()) {
      Tracked* next = handover.take();
      if (next == nullptr) continue;
      if (current != nullptr) {
        backwards += next->number <= current->number ? 1 : 0;
        while (!handover.retire(current) && !done.load()) std::this_thread::yield();
      }
      current = next;
    }
    last = current;
    Tracked::audio_thread = std::thread::id{};
  });
  for (int i = 0; i < kOffers; ++i) handover.offer(std::make_unique<Tracked>(i));
  while (handover.pending()) std::this_thread::yield();
  done = true;
  audio.join();
  handover.collect();
  delete last;
  EXPECT_EQ(backwards, 0);
  EXPECT_EQ(Tracked::freed_on_audio_thread, 0);
  EXPECT_EQ(Tracked::alive, 0);
}

}  // namespace
}  // namespace aapp::rt

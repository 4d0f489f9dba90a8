// On the audio thread no effect allocates, locks, waits or touches a file, whatever is asked of it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <mutex>

#include "common/chain/chain.h"
#include "tests/contract/cases.h"
#include "tests/support/realtime_guard.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp {
namespace {

using test::RealtimeCounts;
using test::RealtimeGuard;

#define AAPP_NEEDS_GUARD() \
  if (!RealtimeGuard::works()) GTEST_SKIP() << "a sanitiser stands where the guard would"

TEST(RealtimeGuard, sees_allocations_and_locks_of_this_thread_only_while_it_lives) {
  AAPP_NEEDS_GUARD();
  std::mutex mutex;
  RealtimeCounts counts;
  {
    const RealtimeGuard guard;
    void* volatile memory = std::malloc(100);
    std::free(memory);
    delete[](new int[10]);
    mutex.lock();
    mutex.unlock();
    counts = guard.counts();
  }
  EXPECT_GE(counts.allocations, 1);
  EXPECT_GE(counts.frees, 1);
  EXPECT_EQ(counts.locks, 1);
  const std::vector<int> unseen(100);
  const RealtimeGuard guard;
  EXPECT_EQ(guard.counts(), RealtimeCounts{});
}

TEST(NoAllocation, in_process_set_and_reset_of_any_effect) {
  AAPP_NEEDS_GUARD();
  for (const effects::EffectType& type : effects::effect_types()) {
    auto effect = test::prepared(type.defaults, 48000, 2);
    std::vector<effects::AnyParams> settings;
    for (unsigned seed = 1; seed <= 20; ++seed) settings.push_back(test::random_params(type, seed, seed));
    audio::AudioBuffer audio = test::bursts(2, 64 * 200, 700);
    RealtimeCounts counts;
    {
      const RealtimeGuard guard;
      for (std::size_t block = 0; block < 200; ++block) {
        if (block % 10 == 0) effects::set_params(*effect, settings[block / 10]);
        if (block % 50 == 49) effect->reset();
        effect->process(audio.view().slice(block * 64, 64));
        static_cast<void>(effect->gain_reduction_db());
      }
      counts = guard.counts();
    }
    EXPECT_EQ(counts, RealtimeCounts{}) << type.id;
  }
}

TEST(NoAllocation, in_a_chain_whose_bypasses_and_parameters_change) {
  AAPP_NEEDS_GUARD();
  Preset preset;
  for (const effects::EffectType& type : effects::effect_types())
    preset.chain.push_back({test::random_params(type, 7)});
  auto chain = chain::Chain::make(preset, {.rate_hz = 48000, .channels = 2, .max_block_frames = 64});
  ASSERT_TRUE(chain.has_value());
  audio::AudioBuffer audio = test::bursts(2, 64 * 200, 700);
  RealtimeCounts counts;
  {
    const RealtimeGuard guard;
    for (std::size_t block = 0; block < 200; ++block) {
      if (block % 40 == 0) chain->set_bypass(block / 40 % chain->size(), block % 80 == 0);
      if (block == 150) chain->reset();
      chain->process(audio.view().slice(block * 64, 64));
    }
    counts = guard.counts();
  }
  EXPECT_EQ(counts, RealtimeCounts{});
}

}  // namespace
}  // namespace aapp

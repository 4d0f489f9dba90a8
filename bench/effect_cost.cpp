// What silence and a bypass cost: for each effect of the registry the CPU time of a block of a fading, silent
// tail and of a bypassed node, as shares of what noise costs. Each share is the median of interleaved runs.
// One JSON line per effect; ends with 1 where a tail costs over 1.1 or a bypass over 0.02.
#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "common/chain/chain.h"
#include "common/rt/rt_thread.h"

namespace {

using namespace aapp;

constexpr audio::StreamSpec kSpec{.rate_hz = 48000, .channels = 2, .max_block_frames = 256};
constexpr int kBlocks = 4000;
constexpr int kRuns = 9;

effects::AnyParams busy_params(const effects::EffectType& type) {
  effects::AnyParams params = type.defaults;
  if (auto* eq = std::get_if<effects::EqParams>(&params)) {
    for (int i = 0; i < 10; ++i)
      eq->bands.push_back(
          {.frequency_hz = 60.0 * std::exp2(0.8 * i), .gain_db = i % 2 == 0 ? 4.0 : -4.0, .q = 4.0});
  }
  return params;
}

enum class Sound { noise, tail };

// ns per block; the tail is what follows a burst of noise, from the start on.
double run(chain::Chain& chain, Sound sound) {
  audio::AudioBuffer noise(kSpec.channels, static_cast<std::size_t>(kSpec.max_block_frames)), block = noise;
  std::minstd_rand random(1);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  for (int c = 0; c < noise.channels(); ++c)
    std::ranges::generate(noise.channel(c), [&] { return uniform(random); });
  const auto play = [&](bool silent) {
    for (int c = 0; c < block.channels(); ++c) {
      if (silent) {
        std::ranges::fill(block.channel(c), 0.0F);
      } else {
        std::ranges::copy(noise.channel(c), block.channel(c).begin());
      }
    }
    chain.process(block.view());
  };
  for (int i = 0; i < 100; ++i) play(false);
  const std::int64_t before_ns = *rt::thread_cpu_ns(pthread_self());
  for (int i = 0; i < kBlocks; ++i) play(sound == Sound::tail);
  return static_cast<double>(*rt::thread_cpu_ns(pthread_self()) - before_ns) / kBlocks;
}

double median(std::array<double, kRuns> values) {
  std::ranges::sort(values);
  return values[kRuns / 2];
}

}  // namespace

int main() {
  bool kept = true;
  for (const effects::EffectType& type : effects::effect_types()) {
    Preset active, bypassed, empty;
    active.chain.push_back({busy_params(type)});
    bypassed.chain.push_back({busy_params(type), true});
    auto on = chain::Chain::make(active, kSpec), off = chain::Chain::make(bypassed, kSpec),
         none = chain::Chain::make(empty, kSpec);
    std::array<double, kRuns> noise{}, tail{}, bypass{}, nothing{};
    for (std::size_t i = 0; i < kRuns; ++i) {
      noise[i] = run(*on, Sound::noise);
      tail[i] = run(*on, Sound::tail);
      bypass[i] = run(*off, Sound::noise);
      nothing[i] = run(*none, Sound::noise);  // the loop itself
    }
    const double base = median(nothing), cost = median(noise) - base;
    const double tail_share = (median(tail) - base) / cost, bypass_share = (median(bypass) - base) / cost;
    fmt::print(
        "{{\"effect\": \"{}\", \"noise_ns\": {:.0f}, \"tail_share\": {:.3f}, \"bypass_share\": {:.4f}}}\n",
        type.id, cost, tail_share, bypass_share);
    kept = kept && tail_share <= 1.1 && bypass_share <= 0.02;
  }
  return kept ? 0 : 1;
}

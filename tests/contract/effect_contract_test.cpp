// The promises of effects/effect.h, kept by every effect of the registry at every kind of setting.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "common/chain/chain.h"
#include "tests/contract/cases.h"
#include "tests/support/run_effect.h"
#include "tests/support/signals.h"

namespace aapp::effects {
namespace {

using audio::AudioBuffer;
using test::ContractCase;
using test::output;
using test::prepared;

constexpr int kRateHz = 48000;

class EffectContract : public testing::TestWithParam<std::string_view> {
 protected:
  const EffectType& type() const { return *find_effect_type(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(registry, EffectContract, testing::ValuesIn([] {
                           std::vector<std::string_view> ids;
                           for (const EffectType& type : effect_types()) ids.push_back(type.id);
                           return ids;
                         }()),
                         [](const auto& one) { return std::string(one.param); });

TEST_P(EffectContract, silence_in_gives_silence_out) {
  for (const ContractCase& c : test::contract_cases(type())) {
    auto effect = prepared(c.params, kRateHz, 2);
    EXPECT_EQ(test::peak(output(*effect, AudioBuffer(2, 6000))), 0.0F) << c.name;
  }
}

AudioBuffer torture(int channels) {
  AudioBuffer audio = test::noise(channels, 8000);
  constexpr float kDenormal = std::numeric_limits<float>::denorm_min();
  for (int c = 0; c < channels; ++c) {
    const auto samples = audio.channel(c);
    for (std::size_t i = 1000; i < 2000; ++i) samples[i] = i % 2 == 0 ? 1000.0F : -1000.0F;
    for (std::size_t i = 2000; i < 3000; ++i) samples[i] = 1000.0F;
    for (std::size_t i = 3000; i < 4000; ++i) samples[i] = static_cast<float>(i % 7) * kDenormal;
    for (std::size_t i = 4000; i < 4500; ++i) samples[i] = -0.0F;
    samples[5000] = chain::kLoudestSample;
    samples[5001] = -chain::kLoudestSample;
  }
  return audio;
}

TEST_P(EffectContract, finite_in_gives_finite_out) {
  for (const ContractCase& c : test::contract_cases(type())) {
    auto effect = prepared(c.params, kRateHz, 2);
    EXPECT_TRUE(test::all_finite(output(*effect, torture(2)))) << c.name;
  }
}

TEST_P(EffectContract, the_fullest_list_at_its_loudest_stays_finite) {
  AnyParams params = type().defaults;
  test::resize_lists(type().table, params_data(params), std::numeric_limits<std::size_t>::max());
  test::for_each_value(type().table, params_data(params), [](const ParamSpec& spec, void* at) {
    if (spec.kind == ParamKind::number) spec.set(at, spec.id == "frequency_hz" ? 1000.0 : spec.max);
  });
  auto effect = prepared(params, kRateHz, 2);
  EXPECT_TRUE(test::all_finite(output(*effect, torture(2))));
}

TEST_P(EffectContract, runs_at_every_rate_and_channel_count) {
  for (const int rate_hz : {8000, 44100, 48000, 96000, 192000}) {
    for (int channels = 1; channels <= 8; ++channels) {
      auto effect = prepared(test::random_params(type(), static_cast<unsigned>(channels)), rate_hz, channels);
      const AudioBuffer out = output(*effect, test::noise(channels, 3000));
      EXPECT_TRUE(test::all_finite(out)) << rate_hz << " Hz, " << channels << " channels";
    }
  }
}

TEST_P(EffectContract, any_split_into_blocks_gives_the_same_bits) {
  const AudioBuffer in = test::bursts(2, 20000, 1700);
  const AnyParams later = test::random_params(type(), 99, 4);
  for (const ContractCase& c : test::contract_cases(type(), 3)) {
    const auto played = [&](std::span<const std::size_t> blocks) {
      auto effect = prepared(c.params, kRateHz, 2);
      AudioBuffer audio = in;
      test::run(*effect, audio.view().slice(0, 9000), blocks);
      set_params(*effect, later);
      test::run(*effect, audio.view().slice(9000, 11000), blocks);
      return audio;
    };
    const std::size_t one = 4096;
    const AudioBuffer whole = played({&one, 1});
    for (const std::size_t block : {1, 2, 7, 61, 64, 127, 256, 1000, 1021, 4093}) {
      ASSERT_EQ(played({&block, 1}), whole) << c.name << ", blocks of " << block;
    }
    std::mt19937 random(5);
    std::vector<std::size_t> mixed(100);
    for (std::size_t& block : mixed) block = 1 + random() % 700;
    ASSERT_EQ(played(mixed), whole) << c.name << ", blocks of all lengths";
  }
}

TEST_P(EffectContract, an_empty_block_changes_nothing) {
  const AudioBuffer in = test::bursts(2, 4000, 500);
  const AnyParams params = test::random_params(type(), 3);
  auto plain = prepared(params, kRateHz, 2);
  auto interrupted = prepared(params, kRateHz, 2);
  AudioBuffer audio = in;
  AudioBuffer nothing(2, 0);
  for (std::size_t at = 0; at < 4000; at += 500) {
    interrupted->process(nothing.view());
    interrupted->process(audio.view().slice(at, 500));
  }
  EXPECT_EQ(audio, output(*plain, in));
}

TEST_P(EffectContract, reset_equals_a_fresh_effect_with_the_same_parameters) {
  const AudioBuffer in = test::bursts(2, 10000, 900);
  for (const ContractCase& c : test::contract_cases(type(), 3)) {
    auto fresh = prepared(c.params, kRateHz, 2);
    const AudioBuffer expected = output(*fresh, in);
    auto used = prepared(c.params, kRateHz, 2);
    output(*used, test::noise(2, 5000));
    used->reset();
    EXPECT_EQ(output(*used, in), expected) << c.name << ", after audio";
    EXPECT_EQ(used->gain_reduction_db(), fresh->gain_reduction_db()) << c.name;
  }
}

// As above with other parameters before, but for those that wait for prepare.
TEST_P(EffectContract, reset_finishes_every_glide) {
  const AudioBuffer in = test::bursts(2, 10000, 900);
  for (unsigned seed = 1; seed <= 4; ++seed) {
    AnyParams first = test::random_params(type(), seed, 5);
    const AnyParams last = test::random_params(type(), seed + 50, 2);
    std::vector<double> waiting;
    AnyParams source = last;
    test::for_each_value(type().table, params_data(source), [&waiting](const ParamSpec& spec, void* at) {
      if (spec.change == Change::at_prepare) waiting.push_back(spec.get(at));
    });
    std::size_t next = 0;
    test::for_each_value(type().table, params_data(first), [&](const ParamSpec& spec, void* at) {
      if (spec.change == Change::at_prepare) spec.set(at, waiting[next++]);
    });
    auto fresh = prepared(last, kRateHz, 2);
    auto used = prepared(first, kRateHz, 2);
    output(*used, test::noise(2, 5000));
    set_params(*used, last);
    output(*used, test::noise(2, 300));
    used->reset();
    EXPECT_EQ(output(*used, in), output(*fresh, in)) << seed;
  }
}

TEST_P(EffectContract, parameters_set_straight_after_prepare_hold_at_once) {
  const AudioBuffer in = test::bursts(2, 6000, 900);
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const AnyParams params = test::random_params(type(), seed);
    auto before = prepared(params, kRateHz, 2);
    auto after = prepared(params, kRateHz, 2);
    set_params(*after, params);
    EXPECT_EQ(output(*after, in), output(*before, in)) << seed;
  }
}

// Soft noise in; the output resembles the input most at the stated lag.
TEST_P(EffectContract, stated_latency_is_true) {
  const AudioBuffer in = test::noise(1, 6000, 0x1.0p-8F);
  for (const ContractCase& c : test::contract_cases(type(), 0)) {
    AnyParams params = type().defaults;  // nothing that filters: only what decides the latency differs
    AnyParams chosen = c.params;
    std::vector<double> values;
    test::for_each_value(type().table, params_data(chosen), [&values](const ParamSpec& spec, void* at) {
      if (spec.change == Change::at_prepare) values.push_back(spec.get(at));
    });
    std::size_t next = 0;
    test::for_each_value(type().table, params_data(params), [&](const ParamSpec& spec, void* at) {
      if (spec.change == Change::at_prepare) spec.set(at, values[next++]);
    });
    auto effect = prepared(params, kRateHz, 1);
    const AudioBuffer out = output(*effect, in);
    std::size_t best_lag = 0;
    double best = 0.0;
    for (std::size_t lag = 0; lag < 2000; ++lag) {
      double sum = 0.0;
      for (std::size_t i = 0; i < 3000; ++i)
        sum += in.channel(0)[i] * static_cast<double>(out.channel(0)[i + lag]);
      if (sum > best) best = sum, best_lag = lag;
    }
    EXPECT_EQ(static_cast<std::int64_t>(best_lag), effect->latency_frames()) << c.name;
  }
}

TEST_P(EffectContract, after_the_stated_tail_the_output_is_below_minus_120_db) {
  constexpr int kLowRateHz = 8000;
  for (const ContractCase& c : test::contract_cases(type(), 4)) {
    auto effect = prepared(c.params, kLowRateHz, 1);
    const auto end = static_cast<std::size_t>(effect->latency_frames() + effect->tail_frames());
    ASSERT_LT(end, 2000000U) << c.name;
    constexpr std::size_t kPlayed = 4000;
    AudioBuffer audio(1, kPlayed + end + 2000);
    for (std::size_t i = 0; i < kPlayed; ++i) audio.channel(0)[i] = (i / 40) % 3 == 0 ? 1.0F : -1.0F;
    const AudioBuffer out = output(*effect, audio);
    float loudest = 0.0F;
    for (std::size_t i = kPlayed + end; i < out.frames(); ++i)
      loudest = std::max(loudest, std::abs(out.channel(0)[i]));
    EXPECT_LE(loudest, 1e-6F) << c.name;
  }
}

// Out of a chain a bypassed effect is the input, late by its latency, bit by bit, and again after a change to
// and fro.
TEST_P(EffectContract, bypass_is_bit_exact) {
  const AudioBuffer in = test::bursts(2, 24000, 900);
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Preset preset;
    preset.chain = {{test::random_params(type(), seed), true}};
    auto chain =
        chain::Chain::make(preset, {.rate_hz = kRateHz, .channels = 2, .max_block_frames = test::kMaxBlock});
    ASSERT_TRUE(chain.has_value());
    const auto latency = static_cast<std::size_t>(chain->latency_frames());
    AudioBuffer audio = in;
    for (std::size_t at = 0; at < 24000; at += 1000) {
      if (at == 4000) chain->set_bypass(0, false);
      if (at == 12000) chain->set_bypass(0, true);
      chain->process(audio.view().slice(at, 1000));
    }
    for (int c = 0; c < 2; ++c) {
      for (std::size_t i = latency; i < 24000; ++i) {
        const bool settled = i < 4000 || i >= 14000;
        ASSERT_TRUE(!settled || audio.channel(c)[i] == in.channel(c)[i - latency]) << seed << ' ' << i;
      }
    }
  }
}

}  // namespace
}  // namespace aapp::effects

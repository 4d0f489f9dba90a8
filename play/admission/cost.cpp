#include "play/admission/cost.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "common/chain/chain.h"
#include "common/rt/denormals.h"
#include "common/rt/rt_thread.h"

namespace aapp::play {
namespace {

// Enough for a quantile of one in a thousand; at large blocks the time ends it first.
constexpr int kBlocks = 2000;
constexpr int kFewestBlocks = 32;  // once round the inputs
constexpr std::int64_t kMostNs = 100'000'000;
constexpr int kWarmUpBlocks = 20;  // caches, page faults and the first branches are not the preset's

enum class Input { noise, silence, denormals, steps };
constexpr std::array kInputs{Input::noise, Input::silence, Input::denormals, Input::steps};

void fill(audio::AudioView block, Input input, std::uint32_t& state) {
  for (int c = 0; c < block.channels(); ++c) {
    std::size_t i = 0;
    for (float& sample : block.channel(c)) {
      state = state * 1664525U + 1013904223U;
      const float noise = static_cast<float>(static_cast<std::int32_t>(state)) * 0x1.0p-32F;
      const bool high = (i++ / 32) % 2 == 0;
      switch (input) {
        case Input::noise:
          sample = noise;
          break;
        case Input::silence:
          sample = 0.0F;
          break;
        case Input::denormals:
          sample = noise * 1e-38F;
          break;
        case Input::steps:
          sample = high ? 0.9F : -0.001F;
          break;
      }
    }
  }
}

std::int64_t cpu_ns() noexcept {
  return rt::thread_cpu_ns(pthread_self()).value_or(0);
}

// CPU time of each block in us, ascending.
std::vector<double> block_times_us(chain::Chain& chain) {
  const rt::FlushDenormals flush;
  audio::AudioBuffer audio(chain.spec().channels, static_cast<std::size_t>(chain.spec().max_block_frames));
  std::vector<double> times_us;
  times_us.reserve(kBlocks);
  std::uint32_t state = 1;
  const std::int64_t began_ns = cpu_ns();
  for (int i = -kWarmUpBlocks; i < kBlocks; ++i) {
    if (i >= kFewestBlocks && cpu_ns() - began_ns > kMostNs) break;
    // Each input for eight blocks, so that silence comes after sound and the state fades into it.
    fill(audio.view(), kInputs[static_cast<std::size_t>((i + kWarmUpBlocks) / 8) % kInputs.size()], state);
    const std::int64_t start_ns = cpu_ns();
    chain.process(audio.view());
    const std::int64_t end_ns = cpu_ns();
    if (i >= 0) times_us.push_back(static_cast<double>(end_ns - start_ns) / 1000.0);
  }
  std::ranges::sort(times_us);
  return times_us;
}

// CPU time of each node, summed over kFewestBlocks.
std::vector<std::int64_t> node_times_ns(chain::Chain& chain) {
  audio::AudioBuffer audio(chain.spec().channels, static_cast<std::size_t>(chain.spec().max_block_frames));
  std::vector<std::int64_t> node_ns(chain.size());
  std::uint32_t state = 1;
  for (int i = 0; i < kFewestBlocks; ++i) {
    fill(audio.view(), kInputs[static_cast<std::size_t>(i / 8) % kInputs.size()], state);
    chain.process_timed(audio.view(), node_ns, cpu_ns);
  }
  return node_ns;
}

double quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace

double period_us(const audio::StreamSpec& spec) {
  return 1e6 * spec.max_block_frames / spec.rate_hz;
}

Result<CostFigures> measure_cost(const Preset& preset, const audio::StreamSpec& spec) {
  Result<chain::Chain> chain = chain::Chain::make(preset, spec);
  if (!chain) return tl::unexpected(chain.error());
  const std::vector<double> times_us = block_times_us(*chain);
  double sum_us = 0.0;
  for (const double time_us : times_us) sum_us += time_us;
  return CostFigures{.mean_us = sum_us / static_cast<double>(times_us.size()),
                     .p99_us = quantile(times_us, 0.99),
                     .p999_us = quantile(times_us, 0.999),
                     .max_us = times_us.back()};
}

Result<std::string> cost_by_effect(const Preset& preset, const audio::StreamSpec& spec) {
  Result<chain::Chain> chain = chain::Chain::make(preset, spec);
  if (!chain) return tl::unexpected(chain.error());
  const std::vector<std::int64_t> node_ns = node_times_ns(*chain);
  struct Sum {
    std::string_view id;
    int nodes = 0;
    double us = 0.0;
  };
  std::vector<Sum> sums;
  for (std::size_t i = 0; i < preset.chain.size(); ++i) {
    if (preset.chain[i].bypass) continue;
    const std::string_view id = effects::effect_type(preset.chain[i].params).id;
    auto sum = std::ranges::find(sums, id, &Sum::id);
    if (sum == sums.end()) sum = sums.insert(sums.end(), Sum{.id = id});
    ++sum->nodes;
    sum->us += static_cast<double>(node_ns[i]) / 1000.0 / kFewestBlocks;
  }
  std::ranges::stable_sort(sums, std::greater{}, &Sum::us);
  std::string text;
  for (const Sum& sum : sums) {
    text += fmt::format("{}{} {:.0f} us{}", text.empty() ? "" : ", ", sum.id, sum.us,
                        sum.nodes > 1 ? fmt::format(" in {}", sum.nodes) : "");
  }
  return text;
}

Result<CostFigures> admit(const Preset& preset, const audio::StreamSpec& spec) {
  const Result<CostFigures> cost = measure_cost(preset, spec);
  if (!cost) return cost;
  const double budget_us = kBudgetShare * period_us(spec);
  if (cost->p999_us <= budget_us) return cost;
  const Result<std::string> effects = cost_by_effect(preset, spec);
  if (!effects) return tl::unexpected(effects.error());
  return fail(ErrorCode::refused,
              "preset \"{}\" needs up to {:.0f} us of a {:.0f} us period of {} frames ({}); at most {:.0f} "
              "us are safe, so "
              "use longer periods or fewer effects, or --force it",
              preset.name, cost->p999_us, period_us(spec), spec.max_block_frames, *effects, budget_us);
}

int room_for_more(const CostFigures& cost, const audio::StreamSpec& spec) {
  const double budget_us = kBudgetShare * period_us(spec);
  if (!(cost.mean_us > 0.0) || cost.p999_us > budget_us) return 0;
  return static_cast<int>((budget_us - cost.p999_us) / cost.mean_us);
}

}  // namespace aapp::play

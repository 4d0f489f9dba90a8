#include "play/admission/cost.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <cstdint>

#include "common/chain/chain.h"
#include "common/rt/denormals.h"
#include "common/rt/rt_thread.h"
#include "play/admission/cost_shape.h"
#include "play/admission/rehearsal.h"
#include "play/admission/test_input.h"

namespace aapp::play {
namespace {

// Slow callbacks stand for the rest: those that found caches cold, or the processor shared with others. How
// many there are, and how slow, is the state of the machine; a rare one takes this much longer.
constexpr double kSlowQuantile = 0.95, kSlowness = 1.1;

// A callback meets what begins while it runs, and more than its share of what begins about when it wakes up:
// timers expire together.
constexpr double kWakingUpUs = 60.0;

constexpr int kTimedBlocks = 2 * kFewestRehearsed;

std::int64_t cpu_ns() noexcept {
  return rt::thread_cpu_ns(pthread_self()).value_or(0);
}

// CPU time of each node, summed over kTimedBlocks.
std::vector<std::int64_t> node_times_ns(chain::Chain& chain, int period_frames) {
  const rt::FlushDenormals flush;
  const int frames = std::min(period_frames, chain.spec().max_block_frames);
  audio::AudioBuffer audio(chain.spec().channels, static_cast<std::size_t>(frames));
  std::vector<std::int64_t> node_ns(chain.size());
  TestInput input;
  for (int i = 0; i < kTimedBlocks; ++i) {
    input.fill(audio.view());
    chain.process_timed(audio.view(), node_ns, cpu_ns);
  }
  return node_ns;
}

}  // namespace

CostFigures predict(std::vector<double> times_us, const Interruptions& interruptions) {
  std::ranges::sort(times_us);
  const auto quantile = [&](double part) {
    return times_us[static_cast<std::size_t>(part * static_cast<double>(times_us.size() - 1))];
  };
  const double typical_us = quantile(0.5);
  // Of what happens so often, one in a thousand meets one.
  const double per_s = 0.001 / ((typical_us + kWakingUpUs) * 1e-6);
  return {.typical_us = typical_us,
          .p999_us = kSlowness * quantile(kSlowQuantile) + interruptions.length_us(per_s)};
}

Result<std::string> cost_by_effect(const Preset& preset, const CallbackSpec& callback) {
  Result<chain::Chain> chain = chain::Chain::make(preset, callback.stream);
  if (!chain) return tl::unexpected(chain.error());
  const std::vector<std::int64_t> node_ns = node_times_ns(*chain, callback.period_frames);
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
    sum->us += static_cast<double>(node_ns[i]) / 1000.0 / kTimedBlocks;
  }
  std::ranges::stable_sort(sums, std::greater{}, &Sum::us);
  std::string text;
  for (const Sum& sum : sums) {
    text += fmt::format("{}{} {:.0f} us{}", text.empty() ? "" : ", ", sum.id, sum.us,
                        sum.nodes > 1 ? fmt::format(" in {}", sum.nodes) : "");
  }
  return text;
}

Result<CostFigures> Admission::figures(const Preset& preset, const CallbackSpec& callback) {
  const std::string key =
      fmt::format("{} {} {} {}: {}", callback.stream.rate_hz, callback.stream.channels,
                  callback.stream.max_block_frames, callback.period_frames, cost_shape(preset));
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
  }
  CostFigures best;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const Result<std::vector<double>> times_us = rehearse(preset, callback);
    if (!times_us) return tl::unexpected(times_us.error());
    std::call_once(watched_, [this] { interruptions_ = Interruptions::watch(); });
    const CostFigures found = predict(*times_us, interruptions_);
    if (attempt == 0 || found.p999_us < best.p999_us) best = found;
    if (best.p999_us > kBudgetShare * callback.period_us()) continue;
    const std::lock_guard lock(mutex_);
    known_.emplace(key, best);
    break;
  }
  return best;
}

Result<CostFigures> Admission::ask(const Preset& preset, const CallbackSpec& callback) {
  const Result<CostFigures> cost = figures(preset, callback);
  const double budget_us = kBudgetShare * callback.period_us();
  if (!cost || over_budget_ == OverBudget::allow || cost->p999_us <= budget_us) return cost;
  const Result<std::string> effects = cost_by_effect(preset, callback);
  if (!effects) return tl::unexpected(effects.error());
  return fail(ErrorCode::refused,
              "preset \"{}\" needs up to {:.0f} us of a {:.0f} us period of {} frames ({}); at most {:.0f} "
              "us are safe, so use longer periods or fewer effects, or --force it",
              preset.name, cost->p999_us, callback.period_us(), callback.period_frames, *effects, budget_us);
}

int room_for_more(const CostFigures& cost, double period_us) {
  const double budget_us = kBudgetShare * period_us;
  if (!(cost.typical_us > 0.0) || cost.p999_us > budget_us) return 0;
  return static_cast<int>((budget_us - cost.p999_us) / cost.typical_us);
}

}  // namespace aapp::play

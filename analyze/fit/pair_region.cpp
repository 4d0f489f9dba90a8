#include "analyze/fit/pair_region.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/parallel.h"
#include "common/audio/pump.h"
#include "common/base/units.h"

namespace aapp::fit {
namespace {

constexpr std::size_t kReadFrames = 65536;
constexpr double kLevelMs = 100.0, kLevelRangeDb = 50.0;
constexpr double kWarmUpS = 1.0, kHeatS = 1.5, kSearchS = 4.0, kFitS = 20.0, kHeldOutS = 10.0;
constexpr double kShortestSplitS = 4.0;
constexpr double kFitShare = 0.7;
constexpr double kRunInS = 0.5, kRunInStepS = 0.05, kQuietStartDb = 30.0;

using Opened = std::unique_ptr<audio::BlockSource>;

// Frames [first, first + count) of a source, or what there is of them.
Result<audio::AudioBuffer> read_frames(audio::BlockSource& source, std::size_t first, std::size_t count) {
  audio::AudioBuffer block(source.channels(), kReadFrames), out(source.channels(), count);
  std::size_t at = 0, kept = 0;
  while (kept < count) {
    const Result<std::size_t> got = source.read(block.view());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    audio::remove_non_finite(block.view());
    const std::size_t skip = at < first ? std::min(first - at, *got) : 0;
    const std::size_t take = std::min(*got - skip, count - kept);
    for (int c = 0; c < out.channels(); ++c)
      std::ranges::copy(block.channel(c).subspan(skip, take),
                        out.channel(c).begin() + static_cast<std::ptrdiff_t>(kept));
    at += *got, kept += take;
  }
  return kept == count ? std::move(out) : cut(out, 0, kept);
}

// Mean-square level in dB of every 100 ms.
Result<std::vector<double>> levels_of(audio::BlockSource& source) {
  const auto step = static_cast<std::size_t>(std::max(1LL, ms_to_frames(kLevelMs, source.rate_hz())));
  audio::AudioBuffer block(source.channels(), step);
  std::vector<double> levels;
  while (true) {
    const Result<std::size_t> got = source.read(block.view());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return levels;
    audio::remove_non_finite(block.view());
    double sum = 0.0;
    for (int c = 0; c < block.channels(); ++c) {
      for (const float sample : block.channel(c).first(*got)) sum += static_cast<double>(sample) * sample;
    }
    levels.push_back(power_to_db(sum / static_cast<double>(step) + 1e-20));
  }
}

// Where `length` values begin whose steps, within range of the loudest, add up to most.
std::size_t liveliest(std::vector<double> levels, std::size_t length) {
  if (levels.size() <= length) return 0;
  const double floor = *std::ranges::max_element(levels) - kLevelRangeDb;
  for (double& level : levels) level = std::max(level, floor);
  double sum = 0.0, best = -1.0;
  std::size_t first = 0;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    sum += std::abs(levels[i] - levels[i - 1]);
    if (i >= length) {
      if (sum > best) best = sum, first = i - length;
      sum -= std::abs(levels[i - length + 1] - levels[i - length]);
    }
  }
  return first;
}

// Where `length` values of an observed gain spread most; gaps (NaN) count as no spread.
std::size_t widest(const std::vector<double>& gain_db, std::size_t length) {
  if (gain_db.size() <= length) return 0;
  std::size_t first = 0;
  double best = -1.0;
  const std::size_t hop = std::max<std::size_t>(1, length / 16);
  for (std::size_t i = 0; i + length <= gain_db.size(); i += hop) {
    double n = 0.0, sum = 0.0, squares = 0.0;
    for (std::size_t k = i; k < i + length; ++k) {
      if (!std::isfinite(gain_db[k])) continue;
      n += 1.0, sum += gain_db[k], squares += gain_db[k] * gain_db[k];
    }
    const double spread = n > 0.0 ? squares - sum * sum / n : 0.0;
    if (spread > best) best = spread, first = i;
  }
  return first;
}

// Frames at the start of a recording that begins in the middle of its sound: it may be cut from a longer
// take, so the state that the compressor starts from is unknown. One that begins quietly starts from rest.
std::size_t run_in_frames(const audio::AudioBuffer& dry, int rate_hz) {
  const auto step = std::max<std::size_t>(1, static_cast<std::size_t>(kRunInStepS * rate_hz));
  std::vector<double> energy;
  for (std::size_t first = 0; first + step <= dry.frames(); first += step) {
    double sum = 0.0;
    for (int c = 0; c < dry.channels(); ++c) {
      for (const float x : dry.channel(c).subspan(first, step)) sum += static_cast<double>(x) * x;
    }
    energy.push_back(sum);
  }
  if (energy.empty()) return 0;
  const bool quiet = energy.front() < *std::ranges::max_element(energy) * db_to_power(-kQuietStartDb);
  return quiet ? 0 : std::min(static_cast<std::size_t>(kRunInS * rate_hz), dry.frames() / 8);
}

PairExcerpt excerpt(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz, bool whole,
                    std::size_t first, std::size_t count) {
  const auto wanted = static_cast<std::size_t>(kWarmUpS * rate_hz);
  const std::size_t before = std::min(first, wanted);
  PairExcerpt out;
  out.rate_hz = rate_hz;
  out.dry = cut(dry, first - before, count + before);
  out.wet = cut(wet, first - before, count + before);
  // At the very start the compressor's state is known; a region from the middle has to run in on its own
  // audio.
  out.warm_up_frames = before;
  if (before < wanted && !whole) out.warm_up_frames = std::max(before, std::min(wanted, count / 2));
  out.from_start = before == 0 && whole;
  if (out.from_start) out.warm_up_frames = run_in_frames(out.dry, rate_hz);
  return out;
}

}  // namespace

Result<PairRegion> load_region(const SourceOpener& open_dry, const SourceOpener& open_wet) {
  Result<Opened> dry = open_dry(), wet = open_wet();
  if (!dry) return tl::unexpected(dry.error());
  if (!wet) return tl::unexpected(wet.error());
  if ((*dry)->rate_hz() != (*wet)->rate_hz())
    return fail(ErrorCode::unreadable,
                "the dry recording runs at {} Hz, the wet one at {}; convert one of them (aapp-play convert)",
                (*dry)->rate_hz(), (*wet)->rate_hz());
  if ((*dry)->channels() != (*wet)->channels())
    return fail(ErrorCode::unreadable,
                "the dry recording has {} channels, the wet one {}; both need the same", (*dry)->channels(),
                (*wet)->channels());
  PairRegion region;
  region.rate_hz = (*dry)->rate_hz();
  std::size_t first = 0;
  const auto total = static_cast<std::size_t>((*dry)->total_frames().value_or(0));
  if (total > kMaxRegionFrames) {
    const Result<std::vector<double>> levels = levels_of(**dry);
    if (!levels) return tl::unexpected(levels.error());
    const auto step = static_cast<std::size_t>(ms_to_frames(kLevelMs, region.rate_hz));
    first = step * liveliest(*levels, kMaxRegionFrames / step);
    dry = open_dry();
    if (!dry) return tl::unexpected(dry.error());
  }
  region.whole = first == 0;
  Result<audio::AudioBuffer> x{audio::AudioBuffer{}}, y{audio::AudioBuffer{}};
  parallel_for(2, [&](std::size_t side) {
    (side == 0 ? x : y) = read_frames(side == 0 ? **dry : **wet, first, kMaxRegionFrames);
  });
  if (!x) return tl::unexpected(x.error());
  if (!y) return tl::unexpected(y.error());
  region.dry = std::move(*x);
  region.wet = std::move(*y);
  return region;
}

PairSplit split_pair(const audio::AudioBuffer& dry, const audio::AudioBuffer& wet, int rate_hz, bool whole) {
  const std::size_t frames = dry.frames();
  std::vector<int> all(static_cast<std::size_t>(dry.channels()));
  std::iota(all.begin(), all.end(), 0);
  constexpr double kGainFrameMs = 10.0;
  const auto seconds = [&](double s) { return static_cast<std::size_t>(s * rate_hz); };
  const std::size_t per_gain = seconds(kGainFrameMs / 1000.0);
  const std::vector<double> gain =
      observed_gain_db(make_gain_lane(dry, wet, all, rate_hz), rate_hz, kGainFrameMs, 40.0);
  const auto liveliest_part = [&](double length_s) {
    const std::size_t length = std::min(frames, seconds(length_s));
    const std::size_t first = std::min(frames - length, per_gain * widest(gain, length / per_gain));
    return excerpt(dry, wet, rate_hz, whole, first, length);
  };
  PairSplit split;
  split.search = liveliest_part(kSearchS);
  split.heat = liveliest_part(kHeatS);
  if (frames < seconds(kShortestSplitS)) {
    split.fit = split.held_out = excerpt(dry, wet, rate_hz, whole, 0, frames);
    return split;
  }
  const auto judged_from = static_cast<std::size_t>(kFitShare * static_cast<double>(frames));
  const std::size_t fit = std::min({judged_from, seconds(kFitS), std::size_t{1} << 20});
  const std::vector<double> early(gain.begin(), gain.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                   gain.size(), judged_from / per_gain)));
  const std::size_t fit_first = std::min(judged_from - fit, per_gain * widest(early, fit / per_gain));
  split.fit = excerpt(dry, wet, rate_hz, whole, fit_first, fit);
  split.held_out =
      excerpt(dry, wet, rate_hz, whole, judged_from, std::min(frames - judged_from, seconds(kHeldOutS)));
  return split;
}

}  // namespace aapp::fit

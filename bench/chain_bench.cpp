// What the sound costs per stereo frame, by effect, block size and instruction set. "Reference chain" is the
// one that the tables in docs/performance.md compare with other programs: low shelf, eight peaks, high shelf,
// and one compressor.
//
//   chain_bench [--benchmark_filter=REGEX]        AAPP_SIMD=baseline holds the kernels back
//   chain_bench --blocks FRAMES COUNT [CHANGE [WHAT]]
//                                                 COUNT blocks of the reference chain and nothing else, for
//                                                 callgrind; at block CHANGE the gain of one "band", the
//                                                 "threshold" or, by default, "all" parameters change
//   chain_bench --times FRAMES COUNT              how long single blocks take, beside an empty chain
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

#include "common/chain/chain.h"
#include "common/preset/preset_json.h"
#include "common/rt/denormals.h"

namespace aapp {
namespace {

using effects::AnyParams;
using effects::CompressorParams;
using effects::EqParams;

const Preset& reference_preset() {
  static const Preset kPreset = preset::load_preset(AAPP_REFERENCE_CHAIN).value();
  return kPreset;
}
const AnyParams& reference_eq() {
  return reference_preset().chain[0].params;
}
const AnyParams& reference_compressor() {
  return reference_preset().chain[1].params;
}

enum class Content { noise, silence };

constexpr std::size_t kFrames = 4096;

audio::AudioBuffer content(Content kind, int channels) {
  audio::AudioBuffer audio(channels, kFrames);
  if (kind == Content::silence) return audio;
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-0.5F, 0.5F);
  for (int c = 0; c < channels; ++c) {
    for (float& sample : audio.channel(c)) sample = uniform(random);
  }
  return audio;
}

chain::Chain made(const std::vector<AnyParams>& effects, int channels, std::size_t block) {
  Preset preset;
  for (const auto& params : effects) preset.chain.push_back({params});
  return std::move(
      chain::Chain::make(
          preset, {.rate_hz = 48000, .channels = channels, .max_block_frames = static_cast<int>(block)})
          .value());
}

// Range 0: frames per block.
void play(benchmark::State& state, const std::vector<AnyParams>& effects, Content kind, int channels) {
  const auto block = static_cast<std::size_t>(state.range(0));
  chain::Chain chain = made(effects, channels, block);
  const rt::FlushDenormals flush;  // as the live engine and the batch hold it
  const audio::AudioBuffer source = content(kind, channels);
  audio::AudioBuffer audio = source;
  for (auto _ : state) {
    for (int c = 0; c < channels; ++c) std::ranges::copy(source.channel(c), audio.channel(c).begin());
    for (std::size_t at = 0; at < kFrames; at += block) chain.process(audio.view().slice(at, block));
    benchmark::ClobberMemory();
  }
  state.counters["ns/frame"] =
      benchmark::Counter(static_cast<double>(kFrames) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

std::size_t place(long block, std::size_t frames) {
  return static_cast<std::size_t>(block) * frames % (kFrames - frames + 1);
}

void change(chain::Chain& chain, std::string_view what) {
  auto eq = std::get<EqParams>(reference_eq());
  auto compressor = std::get<CompressorParams>(reference_compressor());
  for (std::size_t b = 0; b < (what == "band" ? 1 : eq.bands.size()); ++b) eq.bands[b].gain_db += 1.0;
  compressor.threshold_db += 1.0;
  if (what == "all") compressor.makeup_db += 1.0;
  if (what != "threshold") chain.set_params(0, eq);
  if (what != "band") chain.set_params(1, compressor);
}

void run_blocks(std::size_t frames, long count, long change_at, std::string_view what) {
  chain::Chain chain = made({reference_eq(), reference_compressor()}, 2, frames);
  const rt::FlushDenormals flush;
  audio::AudioBuffer audio = content(Content::noise, 2);
  for (long i = 0; i < count; ++i) {
    if (i == change_at) change(chain, what);
    chain.process(audio.view().slice(place(i, frames), frames));
  }
}

void print_times(const char* name, const std::vector<AnyParams>& effects, std::size_t frames, long count) {
  using Clock = std::chrono::steady_clock;
  chain::Chain chain = made(effects, 2, frames);
  const rt::FlushDenormals flush;
  audio::AudioBuffer audio = content(Content::noise, 2);
  std::vector<double> times_us;
  times_us.reserve(static_cast<std::size_t>(count));
  for (long i = 0; i < count; ++i) {
    const auto start = Clock::now();
    chain.process(audio.view().slice(place(i, frames), frames));
    times_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  std::ranges::sort(times_us);
  const auto at = [&](double share) {
    return times_us[static_cast<std::size_t>(share * static_cast<double>(times_us.size() - 1))];
  };
  std::printf("%-16s p50 %.2f  p99 %.2f  p99.9 %.2f  max %.1f us\n", name, at(0.5), at(0.99), at(0.999),
              at(1.0));
}

void list_benchmarks() {
  const auto add = [](const char* name, std::vector<AnyParams> effects, Content kind, int channels) {
    benchmark::RegisterBenchmark(name, play, effects, kind, channels)
        ->RangeMultiplier(8)
        ->Range(64, 4096)
        ->Arg(16);
  };
  add("reference chain, stereo", {reference_eq(), reference_compressor()}, Content::noise, 2);
  add("reference chain, mono", {reference_eq(), reference_compressor()}, Content::noise, 1);
  add("reference chain, 8 channels", {reference_eq(), reference_compressor()}, Content::noise, 8);
  add("reference chain, silence", {reference_eq(), reference_compressor()}, Content::silence, 2);
  add("eq, ten bands", {reference_eq()}, Content::noise, 2);
  add("compressor", {reference_compressor()}, Content::noise, 2);
  add("limiter", {effects::LimiterParams{}}, Content::noise, 2);
  add("gain", {effects::GainParams{.gain_db = -3}}, Content::noise, 2);
  add("copy alone", {}, Content::noise, 2);
}

// For bench/scaling: one thing grows, the rest stays as in the reference chain in blocks of 64.
void list_scaling() {
  const std::vector<AnyParams> reference{reference_eq(), reference_compressor()};
  for (const int bands : {1, 2, 4, 8, 16, 32}) {
    EqParams eq;
    for (int b = 0; b < bands; ++b)
      eq.bands.push_back({.frequency_hz = 40.0 * std::exp2(b / 4.0), .gain_db = 3.0, .q = 1.4});
    benchmark::RegisterBenchmark(fmt::format("scaling, bands {}", bands).c_str(), play,
                                 std::vector<AnyParams>{eq}, Content::noise, 2)
        ->Arg(64);
  }
  for (const int channels : {1, 2, 4, 8, 16, 32, 64}) {
    benchmark::RegisterBenchmark(fmt::format("scaling, channels {}", channels).c_str(), play, reference,
                                 Content::noise, channels)
        ->Arg(64);
  }
  for (const int frames : {8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}) {
    benchmark::RegisterBenchmark(fmt::format("scaling, block {}", frames).c_str(), play, reference,
                                 Content::noise, 2)
        ->Arg(frames);
  }
}

}  // namespace
}  // namespace aapp

int main(int argc, char** argv) {
  const auto number = [&](int at) { return at < argc ? std::strtol(argv[at], nullptr, 10) : -1; };
  const std::string_view mode = argc >= 4 ? argv[1] : "";
  if (mode == "--blocks") {
    aapp::run_blocks(static_cast<std::size_t>(number(2)), number(3), number(4), argc > 5 ? argv[5] : "all");
    return 0;
  }
  if (mode == "--times") {
    const auto frames = static_cast<std::size_t>(number(2));
    aapp::print_times("empty chain", {}, frames, number(3));
    aapp::print_times("reference chain", {aapp::reference_eq(), aapp::reference_compressor()}, frames,
                      number(3));
    return 0;
  }
  aapp::list_benchmarks();
  aapp::list_scaling();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

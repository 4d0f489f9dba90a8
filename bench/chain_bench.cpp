// What the sound costs per stereo frame, by effect, block size and instruction set. "Reference chain" is the
// one that the tables in docs/performance.md compare with other programs: low shelf, eight peaks, high shelf,
// and one compressor.
//
//   build/bench/bin/chain_bench [--benchmark_filter=REGEX]          AAPP_SIMD=baseline holds the kernels back
//   build/bench/bin/chain_bench --blocks FRAMES COUNT               the reference chain and nothing else, for
//   callgrind
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <random>

#include "common/chain/chain.h"

namespace aapp {
namespace {

using dsp::BandType;
using effects::CompressorParams;
using effects::EqParams;

EqParams reference_eq() {
  return {.bands = {{BandType::low_shelf, 80, 3, 0.707},
                    {BandType::peak, 120, -2, 1},
                    {BandType::peak, 250, 2.5, 1.4},
                    {BandType::peak, 500, -3, 1},
                    {BandType::peak, 1000, 2, 2},
                    {BandType::peak, 2000, -1.5, 1},
                    {BandType::peak, 3500, 3, 3},
                    {BandType::peak, 5000, -2, 1},
                    {BandType::peak, 8000, 2, 1.5},
                    {BandType::high_shelf, 10000, 2.5, 0.707}}};
}

CompressorParams reference_compressor() {
  return {.threshold_db = -24, .ratio = 4, .knee_db = 6, .attack_ms = 5, .release_ms = 80, .makeup_db = 6};
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

chain::Chain made(const std::vector<effects::AnyParams>& effects, int channels, std::size_t block) {
  Preset preset;
  for (const auto& params : effects) preset.chain.push_back({params});
  return std::move(
      chain::Chain::make(
          preset, {.rate_hz = 48000, .channels = channels, .max_block_frames = static_cast<int>(block)})
          .value());
}

// Range 0: frames per block.
void play(benchmark::State& state, const std::vector<effects::AnyParams>& effects, Content kind,
          int channels) {
  const auto block = static_cast<std::size_t>(state.range(0));
  chain::Chain chain = made(effects, channels, block);
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

void run_blocks(std::size_t block, long count) {
  chain::Chain chain = made({reference_eq(), reference_compressor()}, 2, block);
  audio::AudioBuffer audio = content(Content::noise, 2);
  for (long i = 0; i < count; ++i) {
    chain.process(audio.view().slice(static_cast<std::size_t>(i) * block % (kFrames - block + 1), block));
  }
}

void list_benchmarks() {
  const auto add = [](const char* name, std::vector<effects::AnyParams> effects, Content kind, int channels) {
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

}  // namespace
}  // namespace aapp

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--blocks") == 0) {
    aapp::run_blocks(std::strtoul(argv[2], nullptr, 10), std::strtol(argv[3], nullptr, 10));
    return 0;
  }
  aapp::list_benchmarks();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

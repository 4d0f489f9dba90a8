// Recovery of our own chains: random settings on real recordings, rendered by chain::render, fitted blind.
//
//   bench_own_pairs CORPUS clean|hard|chains|passes|blind [COUNT] [SEED]
//
// clean   compressor only, 16-bit wet
// hard    the same with noise at -60 dBFS, half a frame of delay and flipped polarity
// chains  equaliser and compressor in both orders, 16-bit wet
// passes  the same with a high-pass, a low-pass or both in the equaliser, every third equaliser alone
// blind   crafted pairs that cannot tell some parameter: is each of them flagged?
// One line per pair, then the shares that docs/compressor-fitting.md quotes. CPU time is of all threads.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/paired_fit.h"
#include "analyze/fit/topology.h"
#include "analyze/measure/aligned_distance.h"
#include "analyze/measure/distance.h"
#include "bench/pairs/material.h"
#include "common/base/units.h"
#include "common/chain/render.h"

namespace {

using namespace aapp;
using namespace aapp::bench;
using effects::CompressorParams;

const fit::ParameterEstimate* find(const fit::PairedFit& fit, std::string_view ending) {
  for (const fit::ParameterEstimate& p : fit.parameters) {
    if (p.name.ends_with(ending)) return &p;
  }
  return nullptr;
}

Preset preset_of(const std::vector<effects::AnyParams>& nodes) {
  Preset preset;
  for (const effects::AnyParams& params : nodes) preset.chain.push_back({.params = params});
  return preset;
}

// 60 dB under the signal.
bool sound_alike(const audio::AudioBuffer& a, const audio::AudioBuffer& b) {
  double difference = 0.0, energy = 0.0;
  for (int c = 0; c < a.channels(); ++c) {
    for (std::size_t n = 0; n < a.frames(); ++n) {
      const double d = static_cast<double>(a.channel(c)[n]) - b.channel(c)[n];
      difference += d * d, energy += static_cast<double>(a.channel(c)[n]) * a.channel(c)[n];
    }
  }
  return difference <= 1e-6 * energy;
}

// Whether the topology that was found, at the true settings, sounds like the truth on this material. No fit
// can tell such topologies apart: links of channels that resemble each other, smoothing domains of a level
// that never comes down to the threshold.
bool alike_here(const CompressorParams& found, const CompressorParams& truth, const Programme& p) {
  CompressorParams other = truth;
  other.detector = found.detector;
  other.smoothing = found.smoothing;
  other.ballistics = found.ballistics;
  other.stereo_link = found.stereo_link;
  return sound_alike(*chain::render(p.audio, p.rate_hz, preset_of({truth})),
                     *chain::render(p.audio, p.rate_hz, preset_of({other})));
}

struct Tally {
  int good = 0, all = 0, held = 0, identified = 0, of_parameters = 0;
  int missed = 0;  // called unidentified, and yet within the limits
};

struct Limits {
  double threshold_db, ratio, attack, release, makeup_db;
};

void judge_parameters(const fit::PairedFit& fit, const CompressorParams& truth, const Limits& limits,
                      Tally& tally) {
  const auto one = [&](std::string_view name, double value, double limit, bool relative) {
    const fit::ParameterEstimate* p = find(fit, name);
    if (p == nullptr) return;
    ++tally.of_parameters;
    const double error = relative ? std::abs(p->value / value - 1.0) : std::abs(p->value - value);
    if (!p->identified) {
      tally.missed += error <= limit;
      fmt::print(" ({}: {}, {:.4g} for {:.4g})", name, p->reason, p->value, value);
      return;
    }
    ++tally.identified;
    ++tally.all;
    tally.good += error <= limit;
    tally.held += p->ci95.contains(value);
    fmt::print(" {}{:.4f}{}", error <= limit ? "" : "!", relative ? 100.0 * error : error,
               relative ? "%" : "dB");
  };
  one("threshold_db", truth.threshold_db, limits.threshold_db, false);
  one("ratio", truth.ratio, limits.ratio, true);
  one("attack_ms", truth.attack_ms, limits.attack, true);
  one("release_ms", truth.release_ms, limits.release, true);
  one("makeup_db", truth.makeup_db, limits.makeup_db, false);
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

const CompressorParams* compressor_of(const Preset& preset) {
  for (const ChainNode& node : preset.chain) {
    if (const auto* c = std::get_if<CompressorParams>(&node.params)) return c;
  }
  return nullptr;
}

int compressors(const std::vector<Programme>& corpus, bool hard, int count, Dice& dice) {
  const Limits limits = hard ? Limits{0.1, 0.02, 0.03, 0.03, 0.05} : Limits{0.02, 0.003, 0.003, 0.003, 0.02};
  Tally tally;
  int right = 0, done = 0;
  for (int i = 0; i < count; ++i) {
    const Programme& p = corpus[static_cast<std::size_t>(i) % corpus.size()];
    const CompressorParams truth = random_compressor(p, dice);
    audio::AudioBuffer wet = *chain::render(p.audio, p.rate_hz, preset_of({truth}));
    if (hard) make_hard(wet, static_cast<std::uint64_t>(i));
    to_16_bit(wet);
    const double start = cpu_seconds();
    const Result<fit::PairedFit> fit = fit::fit_paired(p.audio, wet, p.rate_hz, {});
    fmt::print("{:32} cpu {:5.1f}", p.name, cpu_seconds() - start);
    ++done;
    if (!fit) {
      fmt::print("  {}\n", fit.error().message);
      continue;
    }
    const CompressorParams* found = compressor_of(fit->preset);
    const bool same = found != nullptr && fit->kind == fit::ChainKind::compressor &&
                      (fit::same_topology(*found, truth) || alike_here(*found, truth, p));
    right += same;
    fmt::print(" {:10} ESR {:6.1f}", same ? "right" : "WRONG", fit->held_out.esr_db);
    if (found != nullptr) judge_parameters(*fit, truth, limits, tally);
    if (!same)
      fmt::print(" [{}; {}]", fit::topology_text(truth, 2), found ? fit::topology_text(*found, 2) : "none");
    fmt::print("\n");
    std::fflush(stdout);
  }
  fmt::print(
      "topology right {}/{}; within limits {}/{} identified parameters; truth inside ci95 {}/{}; identified "
      "{}/{}, of the others {} within limits\n",
      right, done, tally.good, tally.all, tally.held, tally.all, tally.identified, tally.of_parameters,
      tally.missed);
  return 0;
}

struct Chain {
  fit::ChainKind kind;
  Preset preset;
};

Chain chain_of(fit::ChainKind kind, const effects::EqParams& eq, const CompressorParams& compressor) {
  if (kind == fit::ChainKind::eq) return {kind, preset_of({eq})};
  const bool eq_first = kind == fit::ChainKind::eq_then_compressor;
  return {kind, eq_first ? preset_of({eq, compressor}) : preset_of({compressor, eq})};
}

int chains(const std::vector<Programme>& corpus, bool passes, int count, Dice& dice) {
  constexpr std::array kKinds{fit::ChainKind::eq_then_compressor, fit::ChainKind::compressor_then_eq,
                              fit::ChainKind::eq};
  int right = 0;
  double worst_esr = -300.0, worst_ltas = 0.0, worst_envelope = 0.0, worst_loudness = 0.0;
  for (int i = 0; i < count; ++i) {
    const Programme& p = corpus[static_cast<std::size_t>(2 * i + 1) % corpus.size()];
    const CompressorParams compressor = random_compressor(p, dice);
    effects::EqParams eq = random_eq(dice, p.rate_hz);
    if (passes) add_passes(eq, dice, p.rate_hz);
    const Chain truth = chain_of(kKinds[static_cast<std::size_t>(i % (passes ? 3 : 2))], eq, compressor);
    audio::AudioBuffer wet = *chain::render(p.audio, p.rate_hz, truth.preset);
    const bool clips = peak_of(wet) > 1.0F;
    const audio::AudioBuffer unclipped = wet;
    to_16_bit(wet);
    const double start = cpu_seconds();
    const Result<fit::PairedFit> fit = fit::fit_paired(p.audio, wet, p.rate_hz, {});
    if (!fit) {
      fmt::print("{:32} {}\n", p.name, fit.error().message);
      continue;
    }
    audio::AudioBuffer out = *chain::render(p.audio, p.rate_hz, fit->preset);
    to_16_bit(out);  // as the wet recording: what rounding leaves in empty bands is no difference
    const auto d = measure::profile_distance(measure::measure_audio(wet, p.rate_hz),
                                             measure::measure_audio(out, p.rate_hz));
    const bool same = fit->kind == truth.kind;
    right += same;
    const double ltas = d.ltas_rms_db.value_or(0.0), envelope = d.level_distribution_db.value_or(0.0);
    fmt::print(
        "{:32} cpu {:5.1f} {} ESR {:6.1f} held out {:6.1f} gain {:.3f} LTAS {:.3f} envelope {:.3f} loudness "
        "{:+.3f}",
        p.name, cpu_seconds() - start, same ? "right" : "WRONG", fit->after.esr_db, fit->held_out.esr_db,
        fit->held_out.gain_trajectory_db, ltas, envelope, d.loudness_lu.value_or(0.0));
    if (clips)
      fmt::print(" wet clips (the truth has ESR {:.1f})",
                 measure::aligned_distance(wet, unclipped, p.rate_hz).esr_db.value_or(0.0));
    const CompressorParams* found = compressor_of(fit->preset);
    if (found != nullptr && truth.kind != fit::ChainKind::eq && !fit::same_topology(*found, compressor))
      fmt::print(" [{}; {}]", fit::topology_text(compressor, 2), fit::topology_text(*found, 2));
    fmt::print("\n");
    std::fflush(stdout);
    worst_esr = std::max(worst_esr, fit->held_out.esr_db);
    worst_ltas = std::max(worst_ltas, ltas);
    worst_envelope = std::max(worst_envelope, envelope);
    worst_loudness = std::max(worst_loudness, std::abs(d.loudness_lu.value_or(0.0)));
  }
  fmt::print(
      "order right {}/{}; worst ESR {:.1f} dB, LTAS {:.3f} dB, envelope {:.3f} dB, loudness {:.3f} LU\n",
      right, count, worst_esr, worst_ltas, worst_envelope, worst_loudness);
  return 0;
}

// Whether the truth lies in every interval.
bool all_hold(const fit::PairedFit& fit, const CompressorParams& truth) {
  for (const auto& [name, value] :
       {std::pair{"threshold_db", truth.threshold_db}, std::pair{"ratio", truth.ratio},
        std::pair{"attack_ms", truth.attack_ms}, std::pair{"release_ms", truth.release_ms}}) {
    const fit::ParameterEstimate* p = find(fit, name);
    if (p == nullptr || !p->ci95.contains(value)) return false;
  }
  return true;
}

// Each case names what it hides; flagged means that no such parameter is called identified. A quarter of a
// second may tell everything or not: there, nothing may be called identified that is not so.
int blind(const std::vector<Programme>& corpus, Dice& dice) {
  struct Case {
    std::string name;
    audio::AudioBuffer dry;
    int rate_hz;
    CompressorParams params;
    std::vector<std::string> hidden;
  };
  const std::vector<std::string> all{"threshold_db", "ratio", "attack_ms", "release_ms"};
  std::vector<Case> cases;
  for (int i = 0; i < 5; ++i) {
    const Programme& p = corpus[static_cast<std::size_t>(5 * i) % corpus.size()];
    CompressorParams c = random_compressor(p, dice);
    c.threshold_db = 12.0;
    cases.push_back({"never over the threshold", p.audio, p.rate_hz, c, all});
    c = random_compressor(p, dice);
    c.ratio = 1.0;
    cases.push_back({"ratio 1", p.audio, p.rate_hz, c, {"threshold_db", "attack_ms", "release_ms"}});
    c = random_compressor(p, dice);
    c.threshold_db = -60.0, c.knee_db = 0.0, c.makeup_db = 0.0, c.smoothing = dsp::Smoothing::gain_db;
    c.detector = dsp::Detector::rms;
    cases.push_back({"always over the threshold",
                     sine(6.0, 44100, -12.0 - 2.0 * i),
                     44100,
                     c,
                     {"threshold_db", "ratio", "release_ms"}});
    c = random_compressor(p, dice);
    cases.push_back(
        {"too short",
         fit::cut(p.audio, static_cast<std::size_t>(p.rate_hz), static_cast<std::size_t>(p.rate_hz / 4)),
         p.rate_hz,
         c,
         {}});
  }
  int flagged = 0;
  for (const Case& one : cases) {
    audio::AudioBuffer wet = *chain::render(one.dry, one.rate_hz, preset_of({one.params}));
    to_16_bit(wet);
    const Result<fit::PairedFit> fit = fit::fit_paired(one.dry, wet, one.rate_hz, {});
    bool ok = true, any = false;
    if (fit) {
      for (const std::string& name : one.hidden) {
        const fit::ParameterEstimate* p = find(*fit, name);
        ok = ok && (p == nullptr || !p->identified);
      }
      for (const fit::ParameterEstimate& p : fit->parameters) any = any || !p.identified;
      if (one.hidden.empty()) ok = any || fit->parameters.empty() || all_hold(*fit, one.params);
    }
    flagged += ok;
    fmt::print("{:28} {} {}\n", one.name, ok ? "flagged" : "MISSED",
               fit ? fit->remarks.back() : fit.error().message);
    std::fflush(stdout);
  }
  fmt::print("flagged {}/{}\n", flagged, cases.size());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return fmt::print(stderr,
                      "usage: bench_own_pairs CORPUS clean|hard|chains|passes|blind [COUNT] [SEED]\n"),
           2;
  const std::string mode = argv[2];
  const int count = argc > 3 ? std::atoi(argv[3]) : (mode == "chains" || mode == "passes" ? 20 : 50);
  Dice dice(argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1);
  const std::vector<Programme> corpus = load_corpus(argv[1]);
  if (corpus.empty()) return fmt::print(stderr, "{}: no FLAC files of at least 4 s\n", argv[1]), 3;
  if (mode == "chains" || mode == "passes") return chains(corpus, mode == "passes", count, dice);
  if (mode == "blind") return blind(corpus, dice);
  return compressors(corpus, mode == "hard", count, dice);
}

// Real recordings, random settings and what is done to a wet recording: the material of own_pairs.cpp.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "common/audio/buffer.h"
#include "common/effects/compressor.h"
#include "common/effects/eq.h"

namespace aapp::bench {

struct Programme {
  std::string name;
  int rate_hz;
  audio::AudioBuffer audio;
};

// Every FLAC file of 4 s or more, its first 20 s, by name.
std::vector<Programme> load_corpus(const std::string& folder);

// The same numbers from the same seed with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double uniform(double a, double b) {
    return a + (b - a) * static_cast<double>(random_() >> 11) * 0x1.0p-53;
  }
  double log_uniform(double a, double b) { return a * std::pow(b / a, uniform(0.0, 1.0)); }
  std::size_t below(std::size_t n) { return random_() % n; }
  template <class Enum>
  Enum pick(std::size_t n) {
    return static_cast<Enum>(below(n));
  }

 private:
  std::mt19937_64 random_;
};

// Threshold 3 to 12 dB under what is loud in the programme, any topology.
effects::CompressorParams random_compressor(const Programme& p, Dice& dice);
// Three to six bands from a low shelf to a high shelf, 2 to 7 dB.
effects::EqParams random_eq(Dice& dice, int rate_hz);
// A high-pass of 30 to 300 Hz, or a low-pass of 3 kHz and more, or both.
void add_passes(effects::EqParams& eq, Dice& dice, int rate_hz);

void to_16_bit(audio::AudioBuffer& audio);
// Half a frame later and upside down, with white noise of -60 dBFS RMS.
void make_hard(audio::AudioBuffer& audio, std::uint64_t seed);

// Mono, 440 Hz, its peaks at this level.
audio::AudioBuffer sine(double seconds, int rate_hz, double level_db);
float peak_of(const audio::AudioBuffer& audio);

}  // namespace aapp::bench

// Random numbers that are the same on every machine and in every thread: splitmix64 (Steele, Lea & Flood
// 2014). The standard library's distributions differ between implementations, so the few that a search needs
// are written here.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace aapp::fit {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // In [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  // Evenly per octave; low > 0.
  double log_uniform(double low, double high) { return low * std::pow(high / low, uniform()); }
  // In [0, count); count > 0.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }
  // Normal with mean 0 and variance near 1 (sum of four uniforms): enough for a perturbation.
  double bell() { return 1.7320508075688772 * (uniform() + uniform() + uniform() + uniform() - 2.0); }

 private:
  std::uint64_t state_;
};

// An independent stream for part `index` of a seeded whole.
inline Random random_stream(std::uint64_t seed, std::uint64_t index) {
  return Random(Random(seed ^ (index * 0xD1B54A32D192ED03ULL)).bits() + index);
}

}  // namespace aapp::fit

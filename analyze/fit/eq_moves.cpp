#include "analyze/fit/eq_moves.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace aapp::fit {

namespace {

void tear_out_any(Bands& bands, std::size_t count, Random& random) {
  for (std::size_t i = 0; i < count && !bands.empty(); ++i) {
    bands.erase(bands.begin() + static_cast<std::ptrdiff_t>(random.below(bands.size())));
  }
}

// The `count` bands nearest to a random one of them.
void tear_out_neighbours(Bands& bands, std::size_t count, Random& random) {
  const double centre_hz = bands[random.below(bands.size())].frequency_hz;
  std::stable_sort(bands.begin(), bands.end(),
                   [centre_hz](const effects::EqBand& a, const effects::EqBand& b) {
                     return std::abs(std::log(a.frequency_hz / centre_hz)) >
                            std::abs(std::log(b.frequency_hz / centre_hz));
                   });
  bands.resize(bands.size() - std::min(count, bands.size()));
}

void shake(Bands& bands, double amount, Random& random) {
  for (effects::EqBand& band : bands) {
    band.frequency_hz *= std::exp(amount * random.bell());
    band.gain_db += 3.0 * amount * random.bell();
    band.q *= std::exp(amount * random.bell());
  }
}

}  // namespace

Bands propose_start(const Bands& bands, const EqSeeds& dictionary, Random& random) {
  Bands start = bands;
  const double kind = random.uniform();
  if (kind < 0.04) {
    shake(start, random.uniform(0.1, 0.6), random);
    return start;
  }
  if (kind < 0.30) {
    tear_out_any(start, 1, random);
  } else if (kind < 0.56) {
    tear_out_any(start, 2, random);
  } else if (kind < 0.70) {
    tear_out_any(start, 3, random);
  } else {
    tear_out_neighbours(start, 2 + random.below(2), random);
  }
  // How freely the dictionary chooses: near the best place, or nearly anywhere.
  constexpr std::array<std::size_t, 3> kChoices{8, 30, 150};
  const std::size_t choices = kChoices[random.below(kChoices.size())];
  while (start.size() < bands.size()) start.push_back(dictionary.next_band(start, choices, random));
  return start;
}

}  // namespace aapp::fit

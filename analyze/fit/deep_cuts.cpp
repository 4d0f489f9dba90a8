#include "analyze/fit/deep_cuts.h"

#include <algorithm>
#include <cmath>

#include "common/dsp/biquad_response.h"

namespace aapp::fit {
namespace {

// A band that cuts by more than this may be a pass; its corner then is where it cuts by the second.
constexpr double kDeepDb = -15.0, kCornerDb = -3.0;
constexpr double kCornerStepOctaves = 1.0 / 12.0;

// Where a band that cuts has let go, on its way to the middle.
double corner_hz(const effects::EqBand& band, double middle_hz, double rate_hz) {
  const bool up = band.frequency_hz < middle_hz;
  const auto k = dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, rate_hz);
  double f_hz = band.frequency_hz;
  while ((f_hz < middle_hz) == up && dsp::response_db(k, dsp::response_phi(f_hz, rate_hz)) < kCornerDb)
    f_hz *= std::exp2(up ? kCornerStepOctaves : -kCornerStepOctaves);
  return f_hz;
}

// With a pass in the place of this band.
effects::EqParams with_pass_for(const effects::EqBand& deep, const effects::EqParams& eq, dsp::BandType pass,
                                double corner) {
  effects::EqParams out = eq;
  out.bands.clear();
  for (const effects::EqBand& band : eq.bands) {
    const bool beyond = pass == dsp::BandType::high_pass ? band.frequency_hz < deep.frequency_hz
                                                         : band.frequency_hz > deep.frequency_hz;
    if (&band == &deep)
      out.bands.push_back({.type = pass, .frequency_hz = corner});
    else if (band.type != pass || !beyond)
      out.bands.push_back(band);
  }
  return out;
}

}  // namespace

std::vector<effects::EqParams> with_a_pass(const effects::EqParams& eq, double middle_hz, double rate_hz) {
  std::vector<effects::EqParams> all;
  for (const effects::EqBand& band : eq.bands) {
    if (!dsp::has_gain(band.type) || band.gain_db > kDeepDb) continue;
    const dsp::BandType pass =
        band.frequency_hz < middle_hz ? dsp::BandType::high_pass : dsp::BandType::low_pass;
    const effects::EqParams other = with_pass_for(band, eq, pass, corner_hz(band, middle_hz, rate_hz));
    if (std::ranges::count(other.bands, pass, &effects::EqBand::type) <= kMostOfAPass) all.push_back(other);
  }
  return all;
}

}  // namespace aapp::fit

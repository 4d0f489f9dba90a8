#include "analyze/fit/excess_phase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "analyze/fit/chain_model.h"
#include "analyze/fit/paired_fit.h"
#include "common/dsp/biquad_response.h"
#include "common/dsp/fft.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 16000;

effects::EqParams some_eq() {
  return {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 7.0, .q = 1.2},
                    {.type = dsp::BandType::peak, .frequency_hz = 2600.0, .gain_db = -5.0, .q = 2.0}}};
}

audio::AudioBuffer dry() {
  return test::bursts(1, 6.0, kRate, 21);
}

// Through an equaliser of these bands' magnitude, whose phase is 0 everywhere.
audio::AudioBuffer linear_phase(const audio::AudioBuffer& in) {
  std::vector<dsp::BiquadCoefficients<double>> sections;
  for (const effects::EqBand& band : some_eq().bands)
    sections.push_back(dsp::design_biquad(band.type, band.frequency_hz, band.gain_db, band.q, double{kRate}));
  dsp::RealFft fft(std::size_t{1} << 18);
  std::ranges::fill(fft.signal(), 0.0);
  std::ranges::copy(in.channel(0), fft.signal().begin());
  fft.forward();
  for (std::size_t k = 0; k < fft.bins(); ++k) {
    const double hz = static_cast<double>(k) * kRate / static_cast<double>(fft.size());
    for (const auto& section : sections)
      fft.spectrum()[k] *= std::sqrt(dsp::power_response(section, dsp::response_phi(hz, kRate)));
  }
  fft.inverse();
  audio::AudioBuffer out = in;
  for (std::size_t n = 0; n < out.frames(); ++n) out.channel(0)[n] = static_cast<float>(fft.signal()[n]);
  return out;
}

audio::AudioBuffer without(audio::AudioBuffer recording, const ExcessPhase& phase) {
  take_off_phase(recording, phase);
  return recording;
}

double error_db(const audio::AudioBuffer& wanted, const audio::AudioBuffer& got) {
  double error = 0.0, energy = 0.0;
  for (std::size_t n = 0; n < wanted.frames(); ++n) {
    const double y = wanted.channel(0)[n], d = y - got.channel(0)[n];
    error += d * d, energy += y * y;
  }
  return 10.0 * std::log10(error / energy);
}

TEST(ExcessPhase, IsNoneOfAMinimumPhaseFilter) {
  const audio::AudioBuffer in = dry(), out = equalise(in, some_eq(), kRate, Direction::apply);
  EXPECT_LT(find_excess_phase(measure_transfer(in, out, kRate)).share, 1e-4);
}

TEST(ExcessPhase, TakenOffALinearPhaseFilterLeavesAMinimumPhaseOne) {
  const audio::AudioBuffer in = dry(), out = linear_phase(in);
  const audio::AudioBuffer wanted = equalise(in, some_eq(), kRate, Direction::apply);
  const ExcessPhase phase = find_excess_phase(measure_transfer(in, out, kRate));
  EXPECT_GT(phase.share, 0.01);
  EXPECT_GT(error_db(wanted, out), -20.0);
  EXPECT_LT(error_db(wanted, without(out, phase)), -40.0);
}

TEST(ExcessPhase, OfATransferIsTakenOffAsOffTheRecording) {
  const audio::AudioBuffer in = dry(), out = linear_phase(in);
  const Transfer with = measure_transfer(in, out, kRate);
  const ExcessPhase phase = find_excess_phase(with);
  EXPECT_LT(find_excess_phase(without_phase(with, phase)).share, 1e-4);
  EXPECT_LT(find_excess_phase(measure_transfer(in, without(out, phase), kRate)).share, 1e-4);
}

TEST(PairedFit, FindsTheMagnitudeOfALinearPhaseEqualiser) {
  const audio::AudioBuffer in = dry();
  const Result<PairedFit> fit = fit_paired(in, linear_phase(in), kRate, {});
  ASSERT_TRUE(fit.has_value());
  ASSERT_EQ(fit->kind, ChainKind::eq);
  const auto& found = std::get<effects::EqParams>(fit->preset.chain.back().params);
  ASSERT_EQ(found.bands.size(), 2U);
  EXPECT_NEAR(found.bands[0].frequency_hz, 900.0, 5.0);
  EXPECT_NEAR(found.bands[0].gain_db, 7.0, 0.1);
  EXPECT_NEAR(found.bands[1].gain_db, -5.0, 0.1);
  EXPECT_GT(fit->after.esr_db, -30.0);  // measured on the recording as it is
  EXPECT_NE(fit->remarks.front().find("linear-phase"), std::string::npos);
}

}  // namespace
}  // namespace aapp::fit

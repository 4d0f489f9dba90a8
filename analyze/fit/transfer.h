// What a linear filter did between two recordings, without loss: the complex cross-spectrum of a whole
// excerpt, summed over narrow bands of frequency. Like the blocks of gain_trajectory.h in time: in a band
// where the response H hardly changes, sum(conj(X) Y) is H sum(|X|^2) plus noise, so their difference over
// sqrt(sum |X|^2) is a residual with the noise's own variance.
#pragma once

#include <complex>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "common/audio/buffer.h"

namespace aapp::fit {

struct Transfer {
  double rate_hz = 48000.0;
  std::vector<double> frequency_hz;      // where the band's energy is centred; ascending
  std::vector<double> xx;                // sum |X|^2
  std::vector<std::complex<double>> xy;  // sum conj(X) Y
  std::vector<double> power;             // of one bin of Y
  std::vector<double> noise;             // variance of one bin of Y that no response explains
  double yy = 0.0;                       // sum |Y|^2 over all bands
};

// Both of one length and one number of channels, which share the filter. At most kMaxTransferFrames are
// looked at, in the middle. The ends are faded, so that what rings across them does not count.
inline constexpr std::size_t kMaxTransferFrames = std::size_t{1} << 20;
Transfer measure_transfer(const audio::AudioBuffer& in, const audio::AudioBuffer& out, int rate_hz);

// Every frequency's noise raised to this share of the strongest one's power: what a compressor that is only
// roughly taken off spreads over all of them.
void raise_noise(Transfer& transfer, double share);

// What the best filter would leave of the output: a share of its energy.
double share_unexplained(const Transfer& transfer);
// And what it would leave of the difference between the two recordings: a share of its energy.
double share_left_by_filter(const Transfer& transfer);

// The magnitude as a target for fit_eq, on a log grid over `range_hz`; weights tell where the audio says
// something.
EqTarget transfer_target(const Transfer& transfer, Range range_hz);

}  // namespace aapp::fit

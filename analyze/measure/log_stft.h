// Multi-resolution log-spectral distance: how far apart two aligned recordings are in every patch of time and
// frequency. After the multi-resolution STFT loss of R. Yamamoto et al. (Parallel WaveGAN, ICASSP 2020), its
// magnitude part in dB.
#pragma once

#include <optional>

#include "common/audio/buffer.h"

namespace aapp::measure {

// Mean absolute difference of log magnitudes over Hann frames of 512, 1024, 2048 and 4096 with hops of a
// quarter, 50 Hz to 16 kHz or 0.45 of the rate; both floored 80 dB under the reference's strongest bin.
// `other` is raised by level_db first. Same channels and frames in both. Absent if they are shorter than two
// of the shortest frames, or silent.
std::optional<double> log_stft_distance_db(audio::ConstAudioView reference, audio::ConstAudioView other,
                                           double level_db, double rate_hz);

}  // namespace aapp::measure

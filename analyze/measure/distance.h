// How far apart two recordings sound, whatever they play: distances between their profiles. They need no time
// alignment; for that see aligned_distance.h.
#pragma once

#include <optional>

#include "analyze/measure/track_profile.h"

namespace aapp::measure {

// Differences are second minus first (result minus reference). Absent where a recording is too short or
// silent.
struct ProfileDistance {
  // Third-octave spectra of the channels' mean, 50 Hz to 16 kHz below both Nyquist frequencies, in bands
  // where the reference has energy, after their mean difference is taken out.
  std::optional<double> ltas_rms_db;
  std::optional<double> ltas_max_db;  // largest size of a band's difference
  // The same over bands where both have energy: what equalising could mend.
  std::optional<double> ltas_shared_rms_db;
  std::optional<double> ltas_shared_max_db;
  std::optional<double> loudness_lu;
  std::optional<double> crest_db;
  std::optional<double> range_lu;
  std::optional<double> level_distribution_db;  // Wasserstein distance of relative 50 ms levels
  std::optional<double> modulation_db;  // RMS difference of modulation levels over octaves both can tell
  std::optional<double>
      slopes_oct;  // Wasserstein distance of the slope distributions, in octaves of steepness
  bool operator==(const ProfileDistance&) const = default;
};

ProfileDistance profile_distance(const TrackProfile& reference, const TrackProfile& other);

// The parts of it that fits need by themselves.
std::optional<double> modulation_distance_db(const ModulationSpectrum& a, const ModulationSpectrum& b);
std::optional<double> slope_distance_oct(const SlopeHistograms& a, const SlopeHistograms& b);

// Which bands an LTAS distance looks at.
enum class LtasBands { reference_energy, shared_energy };

struct LtasDistance {
  double rms_db = 0.0;
  double max_db = 0.0;
  double level_db = 0.0;  // the mean difference that was taken out
  int bands = 0;
};

// Of two spectra; absent if no band qualifies.
std::optional<LtasDistance> ltas_distance(const Spectrum& reference, const Spectrum& other, LtasBands bands);

}  // namespace aapp::measure

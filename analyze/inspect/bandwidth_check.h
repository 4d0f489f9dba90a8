// Up to which frequency there is sound, against half the sampling rate. Upsampling and lossy codecs leave a
// sharp edge with nothing but rounding noise above it; sound that merely has little treble fades out.
#pragma once

#include <optional>
#include <vector>

#include "analyze/inspect/finding.h"
#include "analyze/measure/welch.h"

namespace aapp::inspect {

struct BandEdge {
  double frequency_hz = 0.0;
  double drop_db = 0.0;  // of the power density, from below the edge to above it
};

class BandwidthCheck final : public Check {
 public:
  BandwidthCheck(int channels, double rate_hz);

  void visit(audio::ConstAudioView block) override { welch_.push(block); }
  void report(const Subject& subject, Findings& findings) const override;

  // After the last block; the check reports nothing before.
  void finish();
  // None where the spectrum reaches the Nyquist frequency or fades out.
  const std::optional<BandEdge>& edge() const { return edge_; }

 private:
  double rate_hz_;
  measure::Welch welch_;
  std::optional<BandEdge> edge_;
};

// In a one-sided power density with bins `bin_hz` apart.
std::optional<BandEdge> find_band_edge(const std::vector<double>& density, double bin_hz);

}  // namespace aapp::inspect

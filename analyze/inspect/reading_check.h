// Whether the stored samples make more sense read in another way: with another width, type or byte order from
// the start, or from some moment on a few bytes off. Keeps up to kMaxWindows stretches spread over the sound,
// as they are stored, and ranks readings of them by code length.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "analyze/inspect/code_length.h"
#include "analyze/inspect/finding.h"

namespace aapp::inspect {

class ReadingCheck final : public Check {
 public:
  explicit ReadingCheck(const Subject& subject);

  // Sees samples as they are stored, NaN and infinities included.
  void visit(audio::ConstAudioView block) override;
  void report(const Subject& subject, Findings& findings) const override;

  static constexpr std::size_t kMaxWindows = 16;

 private:
  struct Window {
    std::int64_t first_frame = 0;
    std::vector<std::byte> bytes{};
  };
  // A reading that wins from some stretch to the end.
  struct Winner {
    std::optional<Reading> reading{};
    std::size_t from = 0;  // the first stretch
    double gain = 0.0;     // over the declared one, bits per byte, summed over stretches
  };
  void report_winner(const Subject& subject, const std::vector<const Window*>& heard, const Winner& winner,
                     Findings& findings) const;
  void start_window();
  void store(audio::ConstAudioView part);

  std::optional<audio::PcmFormat> format_;  // none: a codec, nothing to check
  int channels_;
  double rate_hz_;
  std::size_t frame_bytes_, window_frames_;
  std::int64_t frames_ = 0, stride_;  // a window begins every stride_ frames
  std::vector<Window> windows_;
};

// Every way to read bytes that inspect considers, plain ones first.
std::vector<Reading> possible_readings(int max_channels, std::size_t max_skip);

}  // namespace aapp::inspect

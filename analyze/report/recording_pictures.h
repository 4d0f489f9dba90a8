// Pictures of what was measured: one or several recordings side by side. Every function takes the recordings
// in the order in which they are drawn.
#pragma once

#include <span>
#include <string>

#include "analyze/measure/timeline.h"
#include "analyze/measure/track_profile.h"
#include "analyze/report/plot.h"

namespace aapp::report {

// A recording as a report shows it.
struct Recording {
  std::string name;  // "reference"
  Role role = Role::result;
  measure::TrackProfile profile;
  measure::Timeline timeline;  // empty where there is no sound to show (a built-in profile)
};

// Third-octave levels relative to each recording's own mean, so that shapes compare.
Plot spectrum_plot(std::span<const Recording> recordings);
// What `from` lacks (positive) or has too much of to sound like `reference`, in bands where both have energy.
Plot spectrum_difference_plot(const Recording& reference, std::span<const Recording> others);
// How often the 50 ms level lies where, relative to the mean energy.
Plot level_plot(std::span<const Recording> recordings);
Plot modulation_plot(std::span<const Recording> recordings);
Plot loudness_plot(std::span<const Recording> recordings);
// RMS over peak, the way audio editors draw it.
Plot waveform_plot(const Recording& recording);
// Bars coloured by the brightness of the event they belong to, the way DJ software draws it.
Plot brightness_plot(const Recording& recording);

}  // namespace aapp::report

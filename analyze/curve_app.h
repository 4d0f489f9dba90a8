// `aapp-analyze curve TARGET.csv -o PRESET.json`: equaliser bands that follow a target curve, as a preset.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/cli/common_options.h"

namespace aapp::analyze {

struct CurveOptions {
  std::string target;
  std::string output;
  std::string column;                   // --column; "" chooses by name
  std::string bands = "auto";           // --bands: a number or auto
  std::string freq_range = "20:20000";  // --freq-range LO:HI, where the curve is followed
  std::string band_range;               // --band-range LO:HI; "" follows from freq_range
  double max_gain_db = 16.0;            // --max-gain-db
  double min_q = 0.4;                   // --min-q
  double max_q = 4.0;                   // --max-q
  double max_error_db = 0.0;            // --max-error-db; 0: by worth
  double rate_hz = 48000.0;             // --rate
  int shelves = 2;                      // --shelves: at most
  std::vector<std::string> types{"peak", "low_shelf", "high_shelf"};  // --types
  double treble_weight = 0.05;                                        // --treble-weight, above kTrebleHz
  std::string level = "free";                                         // --level free|fixed
  std::string preamp = "level";                                       // --preamp level|headroom|none
  int threads = 0;                                                    // --threads
  std::uint64_t seed = 1;                                             // --seed
  bool force = false;
  cli::CommonOptions common;
};

// Above it measured curves are seldom to be trusted: ears, couplers and microphones differ.
inline constexpr double kTrebleHz = 10000.0;

Result<void> run_curve(const CurveOptions& options);

}  // namespace aapp::analyze

// What every fit shares, as the command line gives it, and the reading of those words. Defaults stand here
// once.
#pragma once

#include <cstdint>
#include <string_view>

#include "analyze/fit/band_limits.h"
#include "analyze/fit/eq_fit.h"
#include "analyze/fit/paired_fit.h"

namespace aapp::fit {

struct FitOptions {
  int bands = kAutoBands;                 // 1 to 32, or kAutoBands
  int max_bands = 10;                     // for kAutoBands
  double max_error_db = 0.0;              // for kAutoBands: as EqFitOptions; 0: the fit's own judgement
  Range frequency_hz = kBandFrequencyHz;  // what the equaliser may touch
  double max_gain_db = kMostBandGainDb;   // of a band
  double max_q = kHighestBandQ;           // of a band
  double amount = 1.0;                    // 0 to 1: part of the way to the reference
  FitAspects aspects;
  OrderChoice order = OrderChoice::automatic;
  int threads = 0;  // 0: one per core. Does not change the result
  std::uint64_t seed = 1;
};

// "auto" or 1 to 32.
Result<int> parse_bands(std::string_view text);
// "LO:HI" in Hz, 10 <= LO < HI <= 40000.
Result<Range> parse_frequency_range(std::string_view text);
// Any of "eq", "dynamics", "level", with commas between.
Result<FitAspects> parse_aspects(std::string_view text);
// "auto", "eq-first", "comp-first".
Result<OrderChoice> parse_order(std::string_view text);

// ErrorCode::usage for a number outside its range: one sentence that names the option.
Result<void> check_fit_options(const FitOptions& options);

// A reference with its weight in the average: "take3.wav@2" counts twice. Without "@" the weight is 1; an "@"
// that no positive number follows belongs to the file's name.
struct WeightedFile {
  std::string path;
  double weight = 1.0;
  bool operator==(const WeightedFile&) const = default;
};
Result<WeightedFile> parse_weighted_file(std::string_view text);

}  // namespace aapp::fit

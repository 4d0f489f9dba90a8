// What headerless bytes are likely to be: every encoding, byte order, number of channels and offset that
// aapp reads, ranked by how well the bytes make sense as sound (code_length.h), and the likeliest rates. The
// rate itself leaves no trace in the bytes; it is told from what recordings of speech and music are like, and
// is a guess.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/inspect/code_length.h"
#include "analyze/inspect/rate_likelihood.h"
#include "common/base/error.h"

namespace aapp::inspect {

struct GuessedReading {
  Reading reading{};
  double bits_per_byte = 0.0;  // 8: noise
};

struct RawGuess {
  std::string path{};
  std::uint64_t file_bytes = 0;
  std::vector<GuessedReading> readings{};  // the likeliest first; at most kMaxReadings
  std::vector<LikelyRate> rates{};         // the likeliest first, for the first reading
  std::string container{};                 // "RIFF" and the like: it is not headerless after all

  // The first reading explains the bytes clearly better than the next different one, and as sound.
  bool clear() const;
};

inline constexpr std::size_t kMaxReadings = 8;

// Reads at most 1 MiB, spread over the file.
Result<RawGuess> guess_raw(const std::string& path);

}  // namespace aapp::inspect

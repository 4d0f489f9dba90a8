// What an inspection may find, as a table: every kind has a name for programs, a title and a reason for
// people. A finding adds where it is, what was measured, and the command that repairs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/inspect/subject.h"
#include "common/audio/pump.h"

namespace aapp::inspect {

enum class FindingKind {
  unreadable,
  truncated,
  length_not_written,
  size_mismatch,
  header_contradiction,
  wrong_encoding,
  lost_alignment,
  mono_as_stereo,
  stereo_as_mono,
  wrong_rate,
  non_finite,
  over_full_scale,
  clipped,
  dc_offset,
  silent,
  near_silent,
  silent_channel,
  duplicated_channels,
  inverted_channel,
  swapped_channels,
  dropout,
  band_limited,
  padded_bits,
};

struct FindingRow {
  FindingKind kind;
  std::string_view id;     // in JSON
  std::string_view title;  // a few words
  std::string_view why;    // why it matters, one sentence
};

const FindingRow& finding_row(FindingKind kind);

// A fault makes the sound wrong or misread; a note is worth knowing and may be as it should be.
enum class Severity { fault, note };

struct Span {
  double from_s = 0.0, to_s = 0.0;
};

struct Finding {
  FindingKind kind;
  Severity severity = Severity::fault;
  int channel = 0;             // counted from 1; 0: the file, or all of its channels
  std::vector<Span> places{};  // the first few, in order; empty where it is the whole file
  std::int64_t count = 0;      // of all places or samples, where counting means something
  std::string what{};          // what was measured, one sentence without the file's name
  std::string repair{};        // a command line; "" where nothing brings back what is lost
};

inline constexpr std::size_t kMaxPlaces = 8;

using Findings = std::vector<Finding>;

// Looks at the sound, block by block and once, and says afterwards what is wrong with it. Memory does not
// grow with the sound's length.
class Check : public audio::BlockVisitor {
 public:
  virtual void report(const Subject& subject, Findings& findings) const = 0;
};

}  // namespace aapp::inspect

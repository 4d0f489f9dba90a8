// Profiles and distances as JSON documents: what `measure --json` and `compare --json` print.
// docs/measure.schema.json and docs/compare.schema.json describe them. What could not be measured is null; a
// number is always finite.
#pragma once

#include <span>
#include <string>

#include "analyze/measure/aligned_distance.h"
#include "analyze/measure/distance.h"
#include "analyze/measure/track_profile.h"

namespace aapp::measure {

// A recording that could not be measured, and why in one sentence.
struct Unmeasured {
  std::string name;
  std::string reason;
};

std::string profiles_json(std::span<const TrackProfile> profiles, std::span<const Unmeasured> unmeasured);

// What `compare` found. Where the recordings cannot be time-aligned, `unaligned_reason` says why in a few
// words.
struct Comparison {
  TrackProfile reference{};
  TrackProfile recording{};
  ProfileDistance distance{};
  std::optional<AlignedDistance> aligned{};
  std::string unaligned_reason{};
};

std::string comparison_json(const Comparison& comparison);

}  // namespace aapp::measure

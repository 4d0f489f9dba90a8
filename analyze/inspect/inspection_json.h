// Inspections and guesses as JSON documents: what `inspect --json` prints; docs/inspect.schema.json describes
// it.
#pragma once

#include <span>
#include <string>

#include "analyze/inspect/inspect.h"
#include "analyze/inspect/raw_guess.h"

namespace aapp::inspect {

// A file that could not be looked at, and why in one sentence.
struct Uninspected {
  std::string name;
  std::string reason;
};

std::string inspections_json(std::span<const Inspection> inspections,
                             std::span<const Uninspected> uninspected);
std::string guesses_json(std::span<const RawGuess> guesses, std::span<const Uninspected> uninspected);

}  // namespace aapp::inspect

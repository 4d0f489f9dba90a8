// Inspections and guesses for people.
#pragma once

#include <string>

#include "analyze/inspect/inspect.h"
#include "analyze/inspect/raw_guess.h"

namespace aapp::analyze {

// Each ends with a newline.
std::string inspection_text(const inspect::Inspection& inspection);
std::string guess_text(const inspect::RawGuess& guess);

}  // namespace aapp::analyze

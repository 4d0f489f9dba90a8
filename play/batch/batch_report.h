// What a batch did, for people and for programs. The JSON is described in docs/batch.md; neither holds clock
// times, so the same work gives the same text.
#pragma once

#include <string>

#include "play/batch/run_batch.h"

namespace aapp::play {

// "in.wav -> out.wav: 3.2 s, 2 channels, 44100 Hz, wav pcm_16, peak -1.3 dBFS", and a line for each thing
// worth knowing: rate converted, loudness changed, samples clipped or replaced. Ends with a newline.
std::string describe_file(const FileReport& report);

// "7 files done, 1 failed, 2 skipped: no audio extension; 95.2 s of audio". Ends with a newline.
std::string describe_totals(const BatchPlan& plan, const BatchResult& result);

// One JSON document. `verb` is "render" or "convert"; `preset` the name on the command line, "" for none.
std::string batch_json(const std::string& verb, const std::string& preset, const BatchPlan& plan,
                       const BatchResult& result);

}  // namespace aapp::play

// What a file's header says against its own fields and against the file: the size formula (duration x rate x
// bytes x channels), truncation, lengths that were never written, contradictions.
#pragma once

#include "analyze/inspect/finding.h"
#include "common/io/container_check.h"

namespace aapp::inspect {

// Appends what is wrong. `subject` may be no more than a path, of a file that no decoder opens.
void check_header(const io::ContainerFacts& facts, const Subject& subject, Findings& findings);

// The same question for headerless PCM: whether its size is a whole number of frames.
void check_raw_size(std::uint64_t file_bytes, const std::string& path, const io::RawSpec& raw,
                    Findings& findings);

// "2.00 s x 44100 Hz x 2 channels x 2 bytes = 352800 bytes, the file holds 352844": the size formula of
// uncompressed formats; "" for codecs.
std::string size_formula(const io::ContainerFacts& facts, const Subject& subject, std::int64_t frames);

}  // namespace aapp::inspect

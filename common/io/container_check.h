// Whether a file can hold what its header declares: a look at the container's own chunk sizes, before a
// decoder trusts them. libsndfile quietly shortens a file whose data chunk ends beyond the end of the file; a
// cut-off recording would pass for a whole one. Internal to io.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/error.h"

namespace aapp::io {

// Fails with ErrorCode::unreadable for an empty file; for WAV, RF64, W64, AIFF and CAF whose audio chunk
// declares more bytes than the file has, or which declare no channels; for a FLAC stream that declares more
// frames than its size could code; for an Ogg file that ends inside a page. Files of other kinds pass: it
// does not say whether they are audio. Reads with pread: the descriptor's position stays.
//
// A data size of 0xFFFFFFFF, 0x80000000 or 0x7FFFF000 means "written to a pipe, length unknown" (ffmpeg,
// arecord, SoX) and passes: such a file holds what it holds.
Result<void> check_container(int descriptor, const std::string& path);

}  // namespace aapp::io

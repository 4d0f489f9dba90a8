// Takes out of a finished file what would differ from run to run: libsndfile stamps RF64 peak chunks with the
// time of day (and with peaks that depend on how the samples were cut into calls), and gives Ogg streams
// random serial numbers. Internal to io.
#pragma once

#include <string>

#include "common/base/error.h"

namespace aapp::io {

// `descriptor` is open for reading and writing on a complete file of that container. Rewrites in place: in
// RF64 the PEAK chunk becomes JUNK and zero; in Ogg and Opus the stream's serial number becomes 1 and each
// page's checksum is computed anew. Nothing to do for the other containers.
Result<void> make_bytes_repeatable(int descriptor, const std::string& path, const std::string& container);

}  // namespace aapp::io

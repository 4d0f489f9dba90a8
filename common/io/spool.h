// Streams that a decoder or encoder must be able to seek in: standard input is copied to a file without a
// name before it is read, output for a pipe is made in one and copied out at the end. Memory stays flat; the
// file lies in $TMPDIR and is gone when it is closed, however the program ends. Internal to io.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/io/descriptor.h"

namespace aapp::io {

// Empty, open for reading and writing.
Result<Descriptor> make_unnamed_file();

// From where `from` stands to its end. Ctrl-C ends it with ErrorCode::interrupted. Names are for messages.
Result<void> copy_all(int from, const std::string& from_name, int to, const std::string& to_name);

}  // namespace aapp::io

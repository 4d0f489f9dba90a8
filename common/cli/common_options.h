// The flags that every verb of both programs has; each verb's options hold one of these.
#pragma once

namespace aapp::cli {

struct CommonOptions {
  bool json = false;   // --json: one JSON document on stdout instead of text for people
  bool quiet = false;  // --quiet: no progress, no notes; errors still
};

}  // namespace aapp::cli

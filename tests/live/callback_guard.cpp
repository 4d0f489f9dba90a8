// To be preloaded into a JACK program: counts what its process callback does that an audio thread must not,
// and writes the sums to $AAPP_GUARD_FILE when the program ends. Stands in front of
// jack_set_process_callback; the counting is support/realtime_guard.h's.
#include <dlfcn.h>
#include <jack/jack.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "tests/support/realtime_guard.h"

namespace {

struct Callback {
  JackProcessCallback function = nullptr;
  void* argument = nullptr;
};
Callback wrapped;  // one client a program

struct Sums {
  std::atomic<long long> callbacks{0}, allocations{0}, frees{0}, locks{0}, waits{0}, files{0};
  ~Sums() {
    const char* path = std::getenv("AAPP_GUARD_FILE");
    std::FILE* file = path != nullptr ? std::fopen(path, "w") : nullptr;
    if (file == nullptr) return;
    std::fprintf(
        file,
        "{\"callbacks\": %lld, \"allocations\": %lld, \"frees\": %lld, \"locks\": %lld, \"waits\": %lld, "
        "\"files\": %lld}\n",
        callbacks.load(), allocations.load(), frees.load(), locks.load(), waits.load(), files.load());
    std::fclose(file);
  }
};
Sums sums;

int guarded(jack_nframes_t frames, void*) {
  const aapp::test::RealtimeGuard guard;
  const int result = wrapped.function(frames, wrapped.argument);
  const aapp::test::RealtimeCounts counts = guard.counts();
  ++sums.callbacks;
  sums.allocations += counts.allocations;
  sums.frees += counts.frees;
  sums.locks += counts.locks;
  sums.waits += counts.waits;
  sums.files += counts.files;
  return result;
}

}  // namespace

extern "C" int jack_set_process_callback(jack_client_t* client, JackProcessCallback function,
                                         void* argument) {
  wrapped = {function, argument};
  using Setter = int (*)(jack_client_t*, JackProcessCallback, void*);
  return reinterpret_cast<Setter>(dlsym(RTLD_NEXT, "jack_set_process_callback"))(client, guarded, nullptr);
}

#include "tests/support/realtime_guard.h"

#include <dlfcn.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define AAPP_GUARD_WORKS 0
#else
#define AAPP_GUARD_WORKS 1
#endif

namespace {

// Plain data, so that touching it from malloc constructs nothing.
thread_local bool watching = false;
thread_local aapp::test::RealtimeCounts seen;

}  // namespace

namespace aapp::test {

RealtimeGuard::RealtimeGuard() {
  seen = {};
  watching = true;
}
RealtimeGuard::~RealtimeGuard() {
  watching = false;
}
RealtimeCounts RealtimeGuard::counts() const {
  return seen;
}
bool RealtimeGuard::works() {
  return AAPP_GUARD_WORKS != 0;
}

}  // namespace aapp::test

#if AAPP_GUARD_WORKS

namespace {

void count(std::int64_t aapp::test::RealtimeCounts::*what) {
  if (watching) ++(seen.*what);
}

// The function that ours stands in front of. dlsym takes locks and may allocate, so it is asked once, before
// anyone watches.
template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

void* malloc(std::size_t size) noexcept {
  count(&aapp::test::RealtimeCounts::allocations);
  return __libc_malloc(size);
}
void* calloc(std::size_t items, std::size_t size) noexcept {
  count(&aapp::test::RealtimeCounts::allocations);
  return __libc_calloc(items, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  count(&aapp::test::RealtimeCounts::allocations);
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  count(&aapp::test::RealtimeCounts::allocations);
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  count(&aapp::test::RealtimeCounts::allocations);
  *out = __libc_memalign(alignment, size);
  return *out == nullptr ? ENOMEM : 0;
}
void free(void* memory) noexcept {
  count(&aapp::test::RealtimeCounts::frees);
  __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static const auto kNext = next<int (*)(pthread_mutex_t*)>("pthread_mutex_lock");
  count(&aapp::test::RealtimeCounts::locks);
  return kNext(mutex);
}
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  static const auto kNext = next<int (*)(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait");
  count(&aapp::test::RealtimeCounts::waits);
  return kNext(condition, mutex);
}
int nanosleep(const timespec* wanted, timespec* left) {
  static const auto kNext = next<int (*)(const timespec*, timespec*)>("nanosleep");
  count(&aapp::test::RealtimeCounts::waits);
  return kNext(wanted, left);
}
int clock_nanosleep(clockid_t clock, int flags, const timespec* wanted, timespec* left) {
  static const auto kNext = next<int (*)(clockid_t, int, const timespec*, timespec*)>("clock_nanosleep");
  count(&aapp::test::RealtimeCounts::waits);
  return kNext(clock, flags, wanted, left);
}
ssize_t read(int file, void* data, std::size_t size) {
  static const auto kNext = next<ssize_t (*)(int, void*, std::size_t)>("read");
  count(&aapp::test::RealtimeCounts::files);
  return kNext(file, data, size);
}
ssize_t write(int file, const void* data, std::size_t size) {
  static const auto kNext = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  count(&aapp::test::RealtimeCounts::files);
  return kNext(file, data, size);
}

}  // extern "C"

#endif

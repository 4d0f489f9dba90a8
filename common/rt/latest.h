// The newest value of something that one thread writes often and another looks at now and then: meters,
// positions. A triple buffer: neither side waits, the reader never sees half a value, values that nobody read
// are overwritten.
//
// Exactly one writing and one reading thread. Not a queue: use SpscQueue where every item counts.
#pragma once

#include <array>
#include <atomic>
#include <type_traits>

#include "common/rt/spsc_queue.h"

namespace aapp::rt {

// What the writer learns about the value it wrote before.
enum class Previous { taken, overwritten };

template <class T>
class Latest {
  static_assert(std::is_nothrow_copy_assignable_v<T> && std::is_default_constructible_v<T>);

 public:
  // Writing thread. Tells whether the reader took the value before this one; an accumulator (a peak) may
  // start anew once it was taken.
  Previous write(const T& value) noexcept {
    slots_[back_].value = value;
    const unsigned old = middle_.exchange(back_ | kFresh, std::memory_order_acq_rel);
    back_ = old & kIndex;
    return (old & kFresh) != 0 ? Previous::overwritten : Previous::taken;
  }

  // Reading thread. False, and `value` is untouched, when nothing was written since the last read.
  bool read(T& value) noexcept {
    if ((middle_.load(std::memory_order_relaxed) & kFresh) == 0) return false;
    front_ = middle_.exchange(front_, std::memory_order_acq_rel) & kIndex;
    value = slots_[front_].value;
    return true;
  }

 private:
  static constexpr unsigned kIndex = 3;
  static constexpr unsigned kFresh = 4;
  struct alignas(kCacheLineBytes) Slot {
    T value{};
  };

  std::array<Slot, 3> slots_{};
  alignas(kCacheLineBytes) std::atomic<unsigned> middle_{1};  // slot in between, plus kFresh; written by both
  alignas(kCacheLineBytes) unsigned back_ = 0;                // the writer's slot
  alignas(kCacheLineBytes) unsigned front_ = 2;               // the reader's slot
};

}  // namespace aapp::rt

// A wait-free queue of fixed capacity between exactly two threads: one pushes, one pops. Neither ever waits;
// a full queue refuses. It is how the audio thread hears commands and how audio leaves it for the disk.
//
// Not for more than one thread on either side, and not for types whose move may throw. Layout: two monotone
// counters, each written by one side and on its own cache line (Lamport 1983); at 64 bits they never wrap in
// practice.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace aapp::rt {

inline constexpr std::size_t kCacheLineBytes = 64;

template <class T>
class SpscQueue {
  static_assert(std::is_nothrow_move_assignable_v<T> && std::is_default_constructible_v<T>);

 public:
  // Holds at least min_capacity items. Allocates here and nowhere else.
  explicit SpscQueue(std::size_t min_capacity)
      : items_(std::bit_ceil(std::max<std::size_t>(min_capacity, 2))), mask_(items_.size() - 1) {}

  std::size_t capacity() const noexcept { return items_.size(); }

  // Pushing thread. False, and nothing happened, when full.
  bool try_push(T item) noexcept {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (free_slots(head) == 0) return false;
    items_[head & mask_] = std::move(item);
    head_.store(head + 1, std::memory_order_release);
    return true;
  }

  // Pushing thread. All of `items` or, when they do not fit, nothing.
  bool try_push_all(std::span<const T> items) noexcept requires std::is_trivially_copyable_v<T> {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    if (free_slots(head) < items.size()) return false;
    const std::size_t first = std::min(items.size(), items_.size() - (head & mask_));
    std::copy_n(items.begin(), first, items_.begin() + static_cast<std::ptrdiff_t>(head & mask_));
    std::copy(items.begin() + static_cast<std::ptrdiff_t>(first), items.end(), items_.begin());
    head_.store(head + items.size(), std::memory_order_release);
    return true;
  }

  // Popping thread. False, and `item` is untouched, when empty.
  bool try_pop(T& item) noexcept {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (filled_slots(tail) == 0) return false;
    item = std::move(items_[tail & mask_]);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Popping thread. Fills as much of `items` as there is; returns how many.
  std::size_t pop_some(std::span<T> items) noexcept requires std::is_trivially_copyable_v<T> {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(items.size(), filled_slots(tail));
    const std::size_t first = std::min(count, items_.size() - (tail & mask_));
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(tail & mask_);
    std::copy_n(begin, first, items.begin());
    std::copy_n(items_.begin(), count - first, items.begin() + static_cast<std::ptrdiff_t>(first));
    tail_.store(tail + count, std::memory_order_release);
    return count;
  }

  // Popping thread: items waiting at this moment.
  std::size_t size() const noexcept {
    return head_.load(std::memory_order_acquire) - tail_.load(std::memory_order_relaxed);
  }

 private:
  std::size_t free_slots(std::size_t head) const noexcept {
    return items_.size() - (head - tail_.load(std::memory_order_acquire));
  }
  std::size_t filled_slots(std::size_t tail) const noexcept {
    return head_.load(std::memory_order_acquire) - tail;
  }

  std::vector<T> items_;
  std::size_t mask_;
  alignas(kCacheLineBytes) std::atomic<std::size_t> head_{0};  // written by the pushing thread
  alignas(kCacheLineBytes) std::atomic<std::size_t> tail_{0};  // written by the popping thread
};

}  // namespace aapp::rt

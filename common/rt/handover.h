// Gives an object to the audio thread and gets the old one back, so that it is built and freed elsewhere. The
// control thread offers; the audio thread takes the newest offer when it likes and retires what it no longer
// needs; the control thread frees that at its next collect() or offer().
//
// Exactly one control and one audio thread. Not a queue of objects: an offer that was not yet taken is
// replaced.
#pragma once

#include <atomic>
#include <memory>

#include "common/rt/spsc_queue.h"

namespace aapp::rt {

template <class T>
class Handover {
 public:
  Handover() : retired_(kRetiredCapacity) {}
  Handover(const Handover&) = delete;
  Handover& operator=(const Handover&) = delete;
  // When neither thread uses it any more. What the audio thread holds is its owner's to free.
  ~Handover() {
    delete offered_.load(std::memory_order_acquire);
    collect();
  }

  // Control thread.
  void offer(std::unique_ptr<T> object) {
    collect();
    delete offered_.exchange(object.release(), std::memory_order_acq_rel);
  }
  // Control thread: frees what was retired.
  void collect() {
    T* old = nullptr;
    while (retired_.try_pop(old)) delete old;
  }
  // Control thread: true while an offer waits to be taken.
  bool pending() const noexcept { return offered_.load(std::memory_order_acquire) != nullptr; }

  // Audio thread: the newest offer, which it now owns, or nullptr.
  T* take() noexcept {
    if (offered_.load(std::memory_order_relaxed) == nullptr) return nullptr;
    return offered_.exchange(nullptr, std::memory_order_acq_rel);
  }
  // Audio thread: gives `object` away to be freed. False when the control thread has not collected for so
  // long that there is no room; the caller keeps it and tries again later.
  bool retire(T* object) noexcept { return retired_.try_push(object); }

 private:
  static constexpr std::size_t kRetiredCapacity = 8;

  std::atomic<T*> offered_{nullptr};  // written by both
  SpscQueue<T*> retired_;             // pushed by the audio thread, popped by the control thread
};

}  // namespace aapp::rt

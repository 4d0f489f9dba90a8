// Work that may hang in somebody else's code (opening or closing a device of a server that does not answer):
// it runs on a thread of its own that nobody waits for, and its result is picked up when it is there. Unlike
// std::async, the owner may go away at any time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace aapp::play {

template <class T>
class DetachedTask {
 public:
  explicit DetachedTask(std::function<T()> work) : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_, work = std::move(work)] {
      T result = work();
      const std::lock_guard lock(shared->mutex);
      shared->result.emplace(std::move(result));
    }).detach();
  }

  // The result, once, when it is there.
  std::optional<T> take() {
    const std::lock_guard lock(shared_->mutex);
    return std::exchange(shared_->result, std::nullopt);
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::optional<T> result;  // guarded by mutex
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace aapp::play

// A file descriptor that closes itself. Internal to io.
#pragma once

#include <unistd.h>

#include <utility>

namespace aapp::io {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int get() const { return value_; }

 private:
  int value_;
};

}  // namespace aapp::io

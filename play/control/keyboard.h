// Single key presses from the terminal, without waiting and without the return key. While a Keyboard lives
// the terminal neither echoes nor collects lines; afterwards it is as before. Ctrl-C still interrupts.
#pragma once

#include <termios.h>

#include <optional>

namespace aapp::play {

class Keyboard {
 public:
  Keyboard();
  ~Keyboard();
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  // False where standard input is no terminal: then no key ever comes.
  bool there() const { return former_.has_value(); }
  // The oldest key not yet taken, if any. Arrow keys and the like are dropped.
  std::optional<char> key();

 private:
  std::optional<termios> former_;
};

}  // namespace aapp::play

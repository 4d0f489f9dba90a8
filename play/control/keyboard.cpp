#include "play/control/keyboard.h"

#include <poll.h>
#include <unistd.h>

namespace aapp::play {
namespace {

bool waiting() {
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  return poll(&input, 1, 0) == 1 && (input.revents & POLLIN) != 0;
}

constexpr char kEscape = '\x1b';

}  // namespace

Keyboard::Keyboard() {
  termios now{};
  if (isatty(STDIN_FILENO) != 1 || tcgetattr(STDIN_FILENO, &now) != 0) return;
  former_ = now;
  now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  now.c_cc[VMIN] = 0;
  now.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

Keyboard::~Keyboard() {
  if (former_) tcsetattr(STDIN_FILENO, TCSANOW, &*former_);
}

std::optional<char> Keyboard::key() {
  char c = 0;
  if (!there() || !waiting() || read(STDIN_FILENO, &c, 1) != 1) return std::nullopt;
  if (c != kEscape) return c;
  while (waiting() && read(STDIN_FILENO, &c, 1) == 1) {
  }
  return std::nullopt;
}

}  // namespace aapp::play

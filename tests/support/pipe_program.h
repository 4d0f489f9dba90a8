// Runs a program between two pipes, as `producer | program | consumer` does: for tests of streams. Bytes go
// in in portions of any size while what comes out is read at the same time.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace aapp::test {

class PipedProgram {
 public:
  // Ended by force after 120 s.
  explicit PipedProgram(const std::vector<std::string>& command) {
    std::array<int, 2> in{}, out{};
    const bool piped = ::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0;
    if (!piped) ADD_FAILURE() << "no pipes";
    child_ = ::fork();
    if (child_ == 0) {
      ::alarm(120);
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::dup2(::creat(files_.file("err").c_str(), 0600), STDERR_FILENO);
      std::vector<char*> arguments;
      for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
      arguments.push_back(nullptr);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    in_ = in[1];
    out_ = out[0];
    ::signal(SIGPIPE, SIG_IGN);
  }
  ~PipedProgram() {
    close_input();
    ::close(out_);
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  PipedProgram(const PipedProgram&) = delete;
  PipedProgram& operator=(const PipedProgram&) = delete;

  // Blocks while the pipe is full: portions must be smaller than what a pipe holds, or be read meanwhile.
  void write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::write(in_, bytes.data(), bytes.size());
      if (put <= 0) return;  // it has ended: its exit code tells
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }
  void close_input() {
    if (in_ >= 0) ::close(in_);
    in_ = -1;
  }
  // Exactly `count` bytes, or what there is until the program ends.
  std::string read(std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t done = 0;
    while (done < count) {
      const ssize_t got = ::read(out_, &bytes[done], count - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }
  // To the end of its output.
  std::string read_all() const {
    std::string bytes;
    for (std::string part = read(65536); !part.empty(); part = read(65536)) bytes += part;
    return bytes;
  }

  struct Ended {
    int exit_code = -1;
    long peak_memory_kib = 0;
    std::string err;
  };
  Ended wait() {
    int status = 0;
    rusage usage{};
    ::wait4(child_, &status, 0, &usage);
    child_ = -1;
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .peak_memory_kib = usage.ru_maxrss,
            .err = read_bytes(files_.file("err"))};
  }

 private:
  TempDir files_;
  pid_t child_ = -1;
  int in_ = -1, out_ = -1;
};

}  // namespace aapp::test

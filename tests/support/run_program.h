// Runs a program to its end and keeps what it said: for tests of whole command lines. No shell is involved,
// so arguments mean what they say.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temp_dir.h"

namespace aapp::test {

struct RunOptions {
  std::string input{};                               // standard input
  std::map<std::string, std::string> environment{};  // beside the test's own; "" unsets
  std::string folder{};                              // to run in; "" = the test's
};

struct RunResult {
  int exit_code = -1;  // 128 + signal if a signal ended it, as a shell says it
  std::string out;
  std::string err;
};

namespace detail {

[[noreturn]] inline void become(const std::vector<std::string>& command, const RunOptions& options,
                                const TempDir& files) {
  // Not freopen: that would write out what the test's own stdout still holds.
  const bool placed = ::dup2(::open(files.file("in").c_str(), O_RDONLY), STDIN_FILENO) >= 0 &&
                      ::dup2(::creat(files.file("out").c_str(), 0600), STDOUT_FILENO) >= 0 &&
                      ::dup2(::creat(files.file("err").c_str(), 0600), STDERR_FILENO) >= 0 &&
                      (options.folder.empty() || ::chdir(options.folder.c_str()) == 0);
  for (const auto& [name, value] : options.environment) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  if (placed) ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace detail

// A program that is still running: for tests that interrupt one. Ended by force when it goes out of scope.
class RunningProgram {
 public:
  explicit RunningProgram(const std::vector<std::string>& command, const RunOptions& options = {}) {
    write_bytes(files_.file("in"), options.input);
    child_ = ::fork();
    if (child_ == 0) {
      ::alarm(120);
      detail::become(command, options, files_);
    }
    if (child_ < 0) ADD_FAILURE() << "cannot run " << command.front();
  }
  ~RunningProgram() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  // Nothing once it has ended: kill(-1) would reach every process of the user.
  void send(int signal) const {
    if (child_ > 0) ::kill(child_, signal);
  }
  RunResult wait() {
    int status = 0;
    const pid_t child = std::exchange(child_, -1);
    if (child < 0 || ::waitpid(child, &status, 0) != child) return {};
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            .out = read_bytes(files_.file("out")),
            .err = read_bytes(files_.file("err"))};
  }

 private:
  TempDir files_;
  pid_t child_ = -1;
};

// The first element of `command` is the program (source_tree.h: program_path). Ends it after 120 s.
inline RunResult run_program(const std::vector<std::string>& command, const RunOptions& options = {}) {
  return RunningProgram(command, options).wait();
}

// Whether there is such a program in $PATH.
inline bool has_program(const std::string& name) {
  return run_program({"sh", "-c", "command -v " + name}).exit_code == 0;
}

}  // namespace aapp::test

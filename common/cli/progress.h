// One line on the terminal that says how far a long job is, how fast it goes and how long it will take. It is
// drawn on stderr, only if that is a terminal and the user did not ask for quiet, at most ten times a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "common/cli/common_options.h"

namespace aapp::cli {

enum class ProgressUnit {
  audio_seconds,  // the rate is shown as a multiple of real time
  items,          // the rate is shown as items per second
};

struct ProgressText {
  std::string label;   // "render"
  double total = 0.0;  // in the unit; 0 = unknown
  ProgressUnit unit = ProgressUnit::audio_seconds;
};

// "render  42 %  57.1x real time  0:13 left". elapsed_s > 0; without a total: "render  83.0 s  57.1x real
// time".
std::string progress_line(const ProgressText& text, double done, double elapsed_s);

// Thread-safe: the workers of a batch may share one.
class Progress {
 public:
  Progress(ProgressText text, const CommonOptions& options);
  // Whether a line would be drawn at all: work done only for its sake can be left out.
  static bool is_shown(const CommonOptions& options);

  // Removes the line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `done` of the total so far.
  void update(double done);
  // More work is done than before.
  void advance(double more);

 private:
  using Clock = std::chrono::steady_clock;
  void draw_if_due();

  ProgressText text_;
  bool shown_;
  std::mutex mutex_;  // guards what follows
  double done_ = 0.0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_drawn_;
  std::size_t width_ = 0;  // of the line on the screen
};

}  // namespace aapp::cli

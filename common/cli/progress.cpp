#include "common/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace aapp::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};

std::string rate_text(ProgressUnit unit, double per_second) {
  return unit == ProgressUnit::audio_seconds ? fmt::format("{:.1f}x real time", per_second)
                                             : fmt::format("{:.1f}/s", per_second);
}

std::string amount_text(ProgressUnit unit, double done) {
  return unit == ProgressUnit::audio_seconds ? fmt::format("{:.1f} s", done) : fmt::format("{:.0f}", done);
}

std::string time_left_text(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02} left", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02} left", whole / 60, whole % 60);
}

}  // namespace

std::string progress_line(const ProgressText& text, double done, double elapsed_s) {
  const double per_second = done / elapsed_s;
  const std::string rate = rate_text(text.unit, per_second);
  if (!(text.total > 0.0)) return fmt::format("{}  {}  {}", text.label, amount_text(text.unit, done), rate);
  const double share = std::clamp(done / text.total, 0.0, 1.0);
  std::string line = fmt::format("{}  {:.0f} %  {}", text.label, std::floor(100.0 * share), rate);
  if (per_second > 0.0) line += "  " + time_left_text(std::max(0.0, text.total - done) / per_second);
  return line;
}

Progress::Progress(ProgressText text, const CommonOptions& options)
    : text_(std::move(text)), shown_(is_shown(options)) {}

bool Progress::is_shown(const CommonOptions& options) {
  return !options.quiet && isatty(STDERR_FILENO) == 1;
}

Progress::~Progress() {
  if (width_ > 0) fmt::print(stderr, "\r{:{}}\r", "", width_);
}

void Progress::update(double done) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  draw_if_due();
}

void Progress::advance(double more) {
  const std::lock_guard lock(mutex_);
  done_ += more;
  draw_if_due();
}

void Progress::draw_if_due() {
  if (!shown_) return;
  const Clock::time_point now = Clock::now();
  if (now - start_ < kRedrawEvery || now - last_drawn_ < kRedrawEvery) return;
  last_drawn_ = now;
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  const std::string line = progress_line(text_, done_, elapsed_s);
  fmt::print(stderr, "\r{:{}}", line, std::max(width_, line.size()));
  width_ = line.size();
}

}  // namespace aapp::cli

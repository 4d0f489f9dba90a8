#include "analyze/inspect/clip_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "common/base/units.h"

namespace aapp::inspect {
namespace {

constexpr std::int64_t kShortestRun = 3;
constexpr std::int64_t kFewestRuns = 3;  // below full scale; at it a single long one is enough
constexpr std::int64_t kLongRun = 6;     // samples
constexpr float kFullScale = 0.999F;
constexpr float kSteepOfExtreme = 0.002F;  // a step into the plateau, relative to it
constexpr float kSteepSteps = 6.0F;        // and in steps of the stored integers
constexpr float kLeastExtreme = 0.05F;     // -26 dBFS: below it flat tops are the stored integers' own

}  // namespace

ClipCheck::ClipCheck(int channels, double rate_hz, double step)
    : rate_hz_(rate_hz),
      steep_(kSteepSteps * static_cast<float>(step)),
      sides_(static_cast<std::size_t>(channels)),
      previous_(static_cast<std::size_t>(channels), 0.0F) {}

void ClipCheck::visit(audio::ConstAudioView block) {
  for (int c = 0; c < block.channels(); ++c) {
    auto& [up, down] = sides_[static_cast<std::size_t>(c)];
    float previous = previous_[static_cast<std::size_t>(c)];
    std::int64_t frame = frames_;
    for (const float x : block.channel(c)) {
      // Nearly all samples are inside both extremes and outside any run.
      if (x >= up.extreme || up.run > 0) add(up, x, previous, frame);
      if (-x >= down.extreme || down.run > 0) add(down, -x, -previous, frame);
      previous = x;
      ++frame;
    }
    previous_[static_cast<std::size_t>(c)] = previous;
  }
  frames_ += static_cast<std::int64_t>(block.frames());
}

void ClipCheck::add(Side& side, float x, float previous, std::int64_t frame) const {
  if (x > side.extreme) {
    side = {.extreme = x, .before = previous, .run = 1};
  } else if (x == side.extreme && x > 0.0F) {
    if (side.run == 0) side.before = previous;
    ++side.run;
  } else if (side.run > 0) {
    end_run(side, x, frame);
  }
}

void ClipCheck::end_run(Side& side, float after, std::int64_t frame) const {
  const std::int64_t run = std::exchange(side.run, 0);
  if (run < kShortestRun || side.extreme < kLeastExtreme) return;
  const float step = side.extreme - std::min(side.before, after);
  if (step < std::max(steep_, kSteepOfExtreme * side.extreme)) return;
  ++side.runs;
  side.clipped += run;
  side.longest = std::max(side.longest, run);
  if (side.places.size() < kMaxPlaces) {
    side.places.push_back(
        {static_cast<double>(frame - run) / rate_hz_, static_cast<double>(frame) / rate_hz_});
  }
}

void ClipCheck::report(const Subject& subject, Findings& findings) const {
  for (std::size_t c = 0; c < sides_.size(); ++c) {
    for (const bool up : {true, false}) {
      const Side& side = sides_[c][up ? 0 : 1];
      const bool full = side.extreme >= kFullScale;
      if (side.runs < kFewestRuns && !(full && side.longest >= kLongRun)) continue;
      findings.push_back(
          {.kind = FindingKind::clipped,
           .channel = static_cast<int>(c + 1),
           .places = side.places,
           .count = side.runs,
           .what =
               fmt::format("{} runs of {} to {} equal samples at {}{:.4f} ({:.1f} dBFS), {} samples in all",
                           side.runs, kShortestRun, side.longest, up ? "+" : "-", side.extreme,
                           gain_to_db(static_cast<double>(side.extreme)), side.clipped),
           .repair = fmt::format("ffmpeg -i {} -af volume=-6dB,adeclip {}", input_word(subject),
                                 output_word(subject))});
    }
  }
}

}  // namespace aapp::inspect

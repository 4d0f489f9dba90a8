#include "play/batch/loudness_meter.h"

#include <ebur128.h>

#include <cmath>

#include "common/audio/interleave.h"

namespace aapp::play {

struct LoudnessMeter::State {
  State(int rate_hz, int channels)
      : meter(ebur128_init(static_cast<unsigned>(channels), static_cast<unsigned long>(rate_hz),
                           EBUR128_MODE_I)) {}
  ~State() {
    if (meter != nullptr) ebur128_destroy(&meter);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ebur128_state* meter;
};

LoudnessMeter::LoudnessMeter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LoudnessMeter::~LoudnessMeter() = default;

Result<std::unique_ptr<LoudnessMeter>> LoudnessMeter::create(int rate_hz, int channels) {
  auto state = std::make_unique<State>(rate_hz, channels);
  if (state->meter == nullptr) {
    return fail(ErrorCode::failed, "loudness cannot be measured at {} Hz with {} channels", rate_hz,
                channels);
  }
  return std::unique_ptr<LoudnessMeter>(new LoudnessMeter(std::move(state)));
}

Result<void> LoudnessMeter::write(audio::ConstAudioView block) {
  interleaved_.resize(block.frames() * static_cast<std::size_t>(block.channels()));
  audio::interleave(block, interleaved_);
  if (ebur128_add_frames_float(state_->meter, interleaved_.data(), block.frames()) == EBUR128_SUCCESS)
    return {};
  return fail(ErrorCode::failed, "loudness: out of memory");
}

std::optional<double> LoudnessMeter::integrated_lufs() const {
  double lufs = 0.0;
  if (ebur128_loudness_global(state_->meter, &lufs) != EBUR128_SUCCESS || !std::isfinite(lufs))
    return std::nullopt;
  return lufs;
}

}  // namespace aapp::play

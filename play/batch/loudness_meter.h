// Integrated loudness (ITU-R BS.1770-4, EBU R 128) of what is written to it, through libebur128. For
// --normalize; the analyser's loudness statistics are measured elsewhere.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/audio/block_source.h"

namespace aapp::play {

class LoudnessMeter final : public audio::BlockSink {
 public:
  static Result<std::unique_ptr<LoudnessMeter>> create(int rate_hz, int channels);
  ~LoudnessMeter() override;

  Result<void> write(audio::ConstAudioView block) override;
  Result<void> finish() override { return {}; }
  // Nothing for silence and for less than one 400 ms block above the gate of -70 LUFS.
  std::optional<double> integrated_lufs() const;

 private:
  struct State;
  explicit LoudnessMeter(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
  std::vector<float> interleaved_;
};

}  // namespace aapp::play

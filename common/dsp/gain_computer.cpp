#include "common/dsp/gain_computer.h"

#include <algorithm>
#include <cassert>

namespace aapp::dsp {
namespace {

using Chunk = std::array<double, GainComputer::kChunkFrames>;
using Channels = std::span<const float* const>;

// The raw level of each frame. `frame` has room for one sample of every channel; where its size is known to
// the compiler the loop over channels is unrolled.
template <class Frame>
void detect_linked_chunk(const GainComputerSetup& setup, Channels channels, std::size_t frames, Frame& frame,
                         Chunk& raw) {
  for (std::size_t i = 0; i < frames; ++i) {
    for (std::size_t c = 0; c < frame.size(); ++c) frame[c] = static_cast<double>(channels[c][i]);
    raw[i] = detect_linked(setup.topology.detector, setup.link, frame);
  }
}

void detect_chunk(const GainComputerSetup& setup, Channels channels, std::size_t frames,
                  std::vector<double>& frame, Chunk& raw) {
  if (channels.size() == 1) {
    for (std::size_t i = 0; i < frames; ++i) {
      raw[i] = detect(setup.topology.detector, static_cast<double>(channels[0][i]));
    }
  } else if (channels.size() == 2) {
    std::array<double, 2> pair;
    detect_linked_chunk(setup, channels, frames, pair, raw);
  } else {
    detect_linked_chunk(setup, channels, frames, frame, raw);
  }
}

}  // namespace

void GainComputer::prepare(int channels, std::size_t longest_box_frames) {
  voices_.resize(static_cast<std::size_t>(channels));
  for (Voice& voice : voices_) voice.box.prepare(longest_box_frames);
  frame_.resize(static_cast<std::size_t>(channels));
  start({});
}

void GainComputer::begin(const GainComputerSetup& setup) noexcept {
  setup_ = setup;
  for (Voice& voice : voices_) {
    voice.box.set_window(setup.box_frames);
    voice.gain_db.fill(0.0);
  }
}

void GainComputer::start(const GainComputerSetup& setup) noexcept {
  begin(setup);
  for (Voice& voice : voices_) {
    voice.state = released_state<double>(setup.topology.smoothing);
    voice.box.reset();
  }
}

void GainComputer::start_from(const GainComputerSetup& setup, const GainComputer& other) noexcept {
  assert(voices_.size() == other.voices_.size());
  begin(setup);
  const GainComputerSetup& before = other.setup_;
  for (std::size_t i = 0; i < voices_.size(); ++i) {
    const Voice& source = other.voices_[other.linked() ? 0 : i];
    voices_[i].state = translated_state(before.topology, setup.topology, before.model.curve, source.state);
    voices_[i].box.reset(source.box.mean());
    if (before.topology.detector != Detector::rms_box) voices_[i].box.reset(voices_[i].state.mean_square);
  }
}

void GainComputer::process(Channels in, std::size_t frames) noexcept {
  assert(in.size() == voices_.size() && frames <= kChunkFrames);
  if (linked()) {
    run(voices_[0], in, frames);
  } else {
    for (std::size_t c = 0; c < in.size(); ++c) run(voices_[c], in.subspan(c, 1), frames);
  }
}

// Stage by stage over the chunk: all but the averaging and the ballistics is free of recursion.
void GainComputer::run(Voice& voice, Channels channels, std::size_t frames) noexcept {
  const CompressorTopology& topology = setup_.topology;
  const CompressorModel<double>& model = setup_.model;
  Chunk chunk;
  detect_chunk(setup_, channels, frames, frame_, chunk);
  const std::span<double> values(chunk.data(), frames);
  if (topology.detector == Detector::rms) {
    double& mean = voice.state.mean_square;
    for (double& x : values) x = mean = one_pole_step(mean, x, model.rms_pole);
  } else if (topology.detector == Detector::rms_box) {
    for (double& x : values) x = voice.box.step(x);
  }
  for (double& x : values) x = control_for_level(topology, model.curve, x);
  for (double& x : values) x = ballistics_step(topology.ballistics, model.poles, x, voice.state.ballistics);
  for (std::size_t i = 0; i < frames; ++i) {
    voice.gain_db[i] = gain_db_for_control(topology.smoothing, model.curve, values[i]);
  }
}

}  // namespace aapp::dsp

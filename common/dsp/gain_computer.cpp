#include "common/dsp/gain_computer.h"

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "common/dsp/compressor_choices.h"
#include "common/dsp/quick_double.h"

namespace aapp::dsp {
namespace {

using Chunk = std::array<double, GainComputer::kChunkFrames>;
using Channels = std::span<const float* const>;

// One call's work on one voice. `frame` has room for one sample of every channel.
struct Job {
  const GainComputerSetup& setup;
  Channels channels;
  std::span<double> frame;
  CompressorState<double>& state;
  MovingMean& box;
  FramePair& pair;
  std::span<double> values;  // room for every frame; out: gain in dB
};

// The raw level of each frame. Where the size of `frame` is known to the compiler the loop over channels is
// unrolled.
template <class Frame>
AAPP_KERNEL_INLINE void detect_linked_chunk(const Job& job, Frame& frame) {
  for (std::size_t i = 0; i < job.values.size(); ++i) {
    for (std::size_t c = 0; c < frame.size(); ++c) frame[c] = static_cast<double>(job.channels[c][i]);
    job.values[i] = detect_linked(job.setup.topology.detector, job.setup.link, frame);
  }
}

template <std::size_t kChannels>
AAPP_KERNEL_INLINE void detect_channels(const Job& job) {
  std::array<double, kChannels> frame;
  detect_linked_chunk(job, frame);
}

AAPP_KERNEL_INLINE void detect_one_channel(const Job& job) {
  const float* samples = job.channels[0];
  for_detector(
      job.setup.topology.detector, [&](auto detector) __attribute__((always_inline)) {
        for (std::size_t i = 0; i < job.values.size(); ++i)
          job.values[i] = detect(detector, static_cast<double>(samples[i]));
      });
}

AAPP_KERNEL_INLINE void detect_chunk(const Job& job) {
  switch (job.channels.size()) {
    case 1:
      return detect_one_channel(job);
    case 2:
      return detect_channels<2>(job);
    case 3:
      return detect_channels<3>(job);
    case 4:
      return detect_channels<4>(job);
    case 5:
      return detect_channels<5>(job);
    case 6:
      return detect_channels<6>(job);
    case 7:
      return detect_channels<7>(job);
    case 8:
      return detect_channels<8>(job);
    default:
      return detect_linked_chunk(job, job.frame);
  }
}

AAPP_KERNEL_INLINE void average(const Job& job) {
  if (job.setup.topology.detector == Detector::rms) {
    double mean = job.state.mean_square;
    for (double& x : job.values) x = mean = one_pole_step(mean, x, job.setup.model.rms_pole);
    job.state.mean_square = mean;
  } else if (job.setup.topology.detector == Detector::rms_box) {
    for (double& x : job.values) x = job.box.step(x);
  }
}

template <MulAdd kHow>
AAPP_KERNEL_INLINE void follow_decoupled(const Job& job) {
  const double attack = job.setup.model.poles.attack, release = job.setup.model.poles.release;
  double y = job.state.ballistics.smoothed, held = job.state.ballistics.held;
  for (double& x : job.values) {
    const double falling = mul_add<kHow>(release, held, (1.0 - release) * x);
    held = x > falling ? x : falling;
    x = y = mul_add<kHow>(attack, y, (1.0 - attack) * held);
  }
  job.state.ballistics = {held, y};
}

// Branching without a branch: of the two ways on, towards the input at either speed, the faster attack's is
// the higher one when the input is above the state, and the slower release's when it is below; so the higher
// is always right (the lower if release is the faster). Of two frames it is the highest of three lines, whose
// heights at state 0 need no state: that is all that one pair of frames waits for before the next.
template <MulAdd kHow, class Pick>
class Branching {
 public:
  Branching(const BallisticsPoles<double>& poles, Pick pick)
      : attack_(poles.attack), release_(poles.release), pick_(pick) {}

  AAPP_KERNEL_INLINE double after(double y, double x) const {
    return pick_(mul_add<kHow>(attack_, y, attack_input_ * x),
                 mul_add<kHow>(release_, y, release_input_ * x));
  }
  AAPP_KERNEL_INLINE double after(double y, double x, double next) const {
    const double attacked = attack_input_ * x, released = release_input_ * x;
    const double attacks_next = attack_input_ * next, releases_next = release_input_ * next;
    const double both_attack = mul_add<kHow>(attack_, attacked, attacks_next);
    const double one_of_each = pick_(mul_add<kHow>(attack_, released, attacks_next),
                                     mul_add<kHow>(release_, attacked, releases_next));
    const double both_release = mul_add<kHow>(release_, released, releases_next);
    return pick_(pick_(mul_add<kHow>(attack_ * attack_, y, both_attack),
                       mul_add<kHow>(attack_ * release_, y, one_of_each)),
                 mul_add<kHow>(release_ * release_, y, both_release));
  }

 private:
  double attack_, release_;
  double attack_input_ = 1.0 - attack_, release_input_ = 1.0 - release_;
  Pick pick_;
};

template <MulAdd kHow, class Pick>
AAPP_KERNEL_INLINE void follow_branching(const Job& job, Pick pick) {
  const Branching<kHow, Pick> state(job.setup.model.poles, pick);
  double y = job.state.ballistics.smoothed;
  double* values = job.values.data();
  const std::size_t frames = job.values.size();
  std::size_t i = 0;
  if (job.pair.open && frames > 0) {
    values[i] = y = state.after(job.pair.state_before, job.pair.input, values[i]);
    job.pair.open = false, ++i;
  }
  for (; i + 2 <= frames; i += 2) {
    const double x = values[i], next = values[i + 1];
    values[i] = state.after(y, x);
    values[i + 1] = y = state.after(y, x, next);
  }
  if (i < frames) {
    job.pair = {.open = true, .state_before = y, .input = values[i]};
    values[i] = y = state.after(y, values[i]);
  }
  job.state.ballistics.smoothed = y;
}

// ballistics_step with as little as possible between one state and the next.
template <MulAdd kHow>
AAPP_KERNEL_INLINE void follow(const Job& job) {
  const BallisticsPoles<double>& poles = job.setup.model.poles;
  if (job.setup.topology.ballistics == Ballistics::decoupled) return follow_decoupled<kHow>(job);
  if (poles.attack <= poles.release)
    follow_branching<kHow>(
        job, [](double a, double b) __attribute__((always_inline)) { return a > b ? a : b; });
  else
    follow_branching<kHow>(
        job, [](double a, double b) __attribute__((always_inline)) { return a < b ? a : b; });
}

// Stage by stage over the chunk: all but the averaging and the ballistics is free of recursion.
template <MulAdd kHow>
AAPP_KERNEL_INLINE void run(const Job& job) {
  const CompressorTopology& topology = job.setup.topology;
  const GainCurve<double>& set = job.setup.model.curve;
  using Quick = QuickDouble<kHow>;
  const GainCurve<Quick> curve{set.threshold_db, set.slope, set.knee_db};
  double* values = job.values.data();
  const std::size_t frames = job.values.size();
  detect_chunk(job);
  average(job);
  for_smoothing(
      topology.smoothing, [&](auto smoothing) __attribute__((always_inline)) {
        for_detector(
            topology.detector, [&](auto detector) __attribute__((always_inline)) {
              constexpr CompressorTopology kKnown{decltype(detector)::value, decltype(smoothing)::value, {}};
              for (std::size_t i = 0; i < frames; ++i)
                values[i] = control_for_level<Quick>(kKnown, curve, values[i]).value;
            });
        follow<kHow>(job);
        for (std::size_t i = 0; i < frames; ++i)
          values[i] = gain_db_for_control<Quick>(smoothing, curve, values[i]).value;
      });
}

AAPP_KERNEL_AVX2 void run_avx2(const Job& job) {
  run<MulAdd::fused>(job);
}
AAPP_KERNEL_BASELINE void run_baseline(const Job& job) {
  run<kBaselineMulAdd>(job);
}

}  // namespace

void GainComputer::prepare(int channels, std::size_t longest_box_frames, Simd simd) {
  simd_ = simd;
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
    voice.pair.open = false;
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

void GainComputer::run(Voice& voice, Channels channels, std::size_t frames) noexcept {
  const Job job{setup_, channels, frame_, voice.state, voice.box, voice.pair, {voice.gain_db.data(), frames}};
  simd_ == Simd::avx2 ? run_avx2(job) : run_baseline(job);
}

}  // namespace aapp::dsp

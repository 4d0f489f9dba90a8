#include "common/dsp/true_peak.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "common/base/units.h"
#include "common/dsp/pick.h"
#include "common/dsp/vec_mul_add.h"

namespace aapp::dsp {
namespace {

// Magnitude at b, raised to the vertex of the parabola through a, b, c where b is the largest of the three.
AAPP_KERNEL_INLINE double summit(double a, double b, double c) {
  const double height = std::abs(b);
  const double curvature = std::abs(2.0 * b - a - c);
  const double rise = (a - c) * (a - c) / (8.0 * larger(curvature, 1e-300));
  const bool is_top = std::abs(a) <= height && std::abs(c) <= height;
  return is_top ? height + rise : height;
}

// Four doubles at any address.
using LooseVec = double __attribute__((vector_size(32), aligned(8), may_alias));
AAPP_KERNEL_INLINE Vec load(const double* from) {
  return *reinterpret_cast<const LooseVec*>(from);
}
AAPP_KERNEL_INLINE void store(const Vec& x, double* to) {
  *reinterpret_cast<LooseVec*>(to) = x;
}

}  // namespace

struct TruePeak::Kernel {
  // The FIR for a few frames at once, whose sums stay in registers. Frames past the chunk's end are computed
  // too, and not looked at.
  template <MulAdd kHow>
  static AAPP_KERNEL_INLINE void interpolate(TruePeak& meter, std::size_t frames) {
    constexpr std::size_t kVecs = 4;
    static_assert(kChunkFrames % (kVecs * kLanes) == 0);
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      for (std::size_t first = 0; first < frames; first += kVecs * kLanes) {
        Vec sums[kVecs] = {};
        for (std::size_t k = 0; k < kTaps; ++k) {
          const Vec& tap = meter.taps_->phase[phase][k];
          for (std::size_t v = 0; v < kVecs; ++v) {
            sums[v] = mul_add<kHow>(tap, load(&meter.window_[first + k + v * kLanes]), sums[v]);
          }
        }
        for (std::size_t v = 0; v < kVecs; ++v)
          store(sums[v], &meter.between_[phase][1 + first + v * kLanes]);
      }
    }
  }

  static AAPP_KERNEL_INLINE void find_peaks(const TruePeak& meter, std::span<double> peaks) {
    const double* at = &meter.window_[kTaps / 2 - 1];
    const double* first = meter.between_[0].data() + 1;
    const double* second = meter.between_[1].data() + 1;
    const double* third = meter.between_[2].data() + 1;
    const double* third_before = meter.between_[2].data();
    for (std::size_t i = 0; i < peaks.size(); ++i) {
      const double left =
          larger(summit(third_before[i], at[i], first[i]), summit(at[i], first[i], second[i]));
      const double right =
          larger(summit(first[i], second[i], third[i]), summit(second[i], third[i], at[i + 1]));
      peaks[i] = larger(larger(peaks[i], std::abs(at[i + 1])), larger(left, right));
    }
  }

  template <MulAdd kHow>
  static AAPP_KERNEL_INLINE void run(TruePeak& meter, std::span<double> peaks) {
    interpolate<kHow>(meter, peaks.size());
    find_peaks(meter, peaks);
  }
  static AAPP_KERNEL_AVX2 void run_avx2(TruePeak& meter, std::span<double> peaks) {
    run<MulAdd::fused>(meter, peaks);
  }
  static AAPP_KERNEL_BASELINE void run_baseline(TruePeak& meter, std::span<double> peaks) {
    run<kBaselineMulAdd>(meter, peaks);
  }
};

void TruePeak::reset() {
  window_.fill(0.0);
  for (auto& row : between_) row.fill(0.0);
}

void TruePeak::process(std::span<const float> samples, std::span<double> peaks) noexcept {
  const std::size_t frames = samples.size();
  assert(frames <= kChunkFrames && peaks.size() == frames);
  std::copy(samples.begin(), samples.end(), window_.begin() + kTaps - 1);
  simd_ == Simd::avx2 ? Kernel::run_avx2(*this, peaks) : Kernel::run_baseline(*this, peaks);
  shift(frames);
  for (auto& row : between_) row[0] = row[frames];
}

void TruePeak::process_samples_only(std::span<const float> samples, std::span<double> peaks) noexcept {
  const std::size_t frames = samples.size();
  assert(frames <= kChunkFrames && peaks.size() == frames);
  std::copy(samples.begin(), samples.end(), window_.begin() + kTaps - 1);
  const double* at = &window_[kTaps / 2 - 1];
  for (std::size_t i = 0; i < frames; ++i)
    peaks[i] = larger(peaks[i], larger(std::abs(at[i]), std::abs(at[i + 1])));
  shift(frames);
  // Nobody knows the points before the next frame; its own sample makes no summit of them.
  for (auto& row : between_) row[0] = window_[kTaps / 2 - 1];
}

// The chunk becomes old samples.
void TruePeak::shift(std::size_t frames) noexcept {
  std::copy_n(window_.begin() + static_cast<std::ptrdiff_t>(frames), kTaps - 1, window_.begin());
}

// Sinc under half a cosine; each phase passes a constant unchanged.
const TruePeak::Taps& TruePeak::taps() {
  static const Taps kMade = [] {
    Taps made{};
    for (std::size_t phase = 0; phase < kPhases; ++phase) {
      std::array<double, kTaps> taps{};
      double sum = 0.0;
      for (std::size_t k = 0; k < kTaps; ++k) {
        const double at = static_cast<double>(k) - static_cast<double>(kTaps / 2 - 1) -
                          static_cast<double>(phase + 1) / static_cast<double>(kPhases + 1);
        const double taper = std::cos(0.5 * kPi * at / static_cast<double>(kDelayFrames));
        taps[k] = std::sin(kPi * at) / (kPi * at) * taper;
        sum += taps[k];
      }
      for (std::size_t k = 0; k < kTaps; ++k) made.phase[phase][k] = Vec{} + taps[k] / sum;
    }
    return made;
  }();
  return kMade;
}

}  // namespace aapp::dsp

#include "common/dsp/fft.h"

#include <fftw3.h>

#include <cassert>
#include <memory>
#include <mutex>
#include <new>

namespace aapp::dsp {
namespace {

// FFTW allows execution on many threads at once, but only one thread may plan or destroy a plan.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

struct FftwFree {
  void operator()(void* memory) const { fftw_free(memory); }
};

template <class T>
std::unique_ptr<T[], FftwFree> allocate(std::size_t count, bool zeros) {
  void* memory = fftw_malloc(count * sizeof(T));
  if (memory == nullptr) throw std::bad_alloc();
  T* const values = static_cast<T*>(memory);
  if (zeros) std::uninitialized_value_construct_n(values, count);
  return std::unique_ptr<T[], FftwFree>(values);
}

}  // namespace

struct RealFft::Plans {
  Plans(std::size_t size, Ways ways)
      // (A spectrum that is only written need not be touched before.)
      : signal(allocate<double>(size, true)),
        spectrum(allocate<std::complex<double>>(size / 2 + 1, ways == Ways::both)) {
    // std::complex<double> and fftw_complex share their layout by both standards.
    auto* bins = reinterpret_cast<fftw_complex*>(spectrum.get());
    const int n = static_cast<int>(size);
    const std::scoped_lock lock(planner_mutex());
    forward = fftw_plan_dft_r2c_1d(n, signal.get(), bins, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    assert(forward != nullptr);
    if (ways == Ways::forward) return;
    inverse = fftw_plan_dft_c2r_1d(n, bins, signal.get(), FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    assert(inverse != nullptr);
  }
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;
  ~Plans() {
    const std::scoped_lock lock(planner_mutex());
    fftw_destroy_plan(forward);
    fftw_destroy_plan(inverse);
  }

  std::unique_ptr<double[], FftwFree> signal;
  std::unique_ptr<std::complex<double>[], FftwFree> spectrum;
  fftw_plan forward = nullptr;
  fftw_plan inverse = nullptr;
};

RealFft::RealFft(std::size_t size, Ways ways)
    : size_(size),
      plans_(std::make_unique<Plans>(size, ways)),
      signal_(plans_->signal.get()),
      spectrum_(plans_->spectrum.get()) {}
RealFft::RealFft(RealFft&&) noexcept = default;
RealFft& RealFft::operator=(RealFft&&) noexcept = default;
RealFft::~RealFft() = default;

void RealFft::forward() noexcept {
  fftw_execute(plans_->forward);
}

void RealFft::inverse() noexcept {
  assert(plans_->inverse != nullptr);
  fftw_execute(plans_->inverse);
  const double scale = 1.0 / static_cast<double>(size_);
  for (double& x : signal()) x *= scale;
}

}  // namespace aapp::dsp

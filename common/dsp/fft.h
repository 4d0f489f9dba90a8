// The discrete Fourier transform of real signals, in double. A thin owner of an FFTW3 plan and the two
// aligned arrays it works between: fill one, transform, read the other. The only place that knows FFTW.
//
// Plans are made with FFTW_ESTIMATE: nothing is timed, so the same size gives the same bits in every run.
#pragma once

#include <complex>
#include <cstddef>
#include <memory>
#include <span>

namespace aapp::dsp {

class RealFft {
 public:
  // size >= 1; fast when it has only the prime factors 2, 3, 5 and 7. Allocates and plans; may be called on
  // any thread (FFTW's planner is guarded). Throws std::bad_alloc only.
  enum class Ways { both, forward };  // forward alone is quicker to plan
  explicit RealFft(std::size_t size, Ways ways = Ways::both);
  RealFft(RealFft&&) noexcept;
  RealFft& operator=(RealFft&&) noexcept;
  ~RealFft();

  std::size_t size() const { return size_; }
  std::size_t bins() const { return size_ / 2 + 1; }

  // The two arrays. Views stay valid as long as the object; their content is the caller's between transforms.
  std::span<double> signal() { return {signal_, size_}; }
  std::span<std::complex<double>> spectrum() { return {spectrum_, bins()}; }

  // spectrum[k] = sum over n of signal[n] e^(-2 pi i k n / size), k = 0 .. size/2. Leaves signal as it is.
  // Allocates nothing; one thread at a time per object.
  void forward() noexcept;
  // signal from spectrum, scaled by 1/size: undoes forward. Destroys the content of spectrum. Requires
  // Ways::both.
  void inverse() noexcept;

 private:
  struct Plans;
  std::size_t size_;
  std::unique_ptr<Plans> plans_;
  double* signal_;
  std::complex<double>* spectrum_;
};

}  // namespace aapp::dsp

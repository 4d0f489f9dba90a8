#include "analyze/fit/response_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analyze/fit/eq_tangents.h"
#include "analyze/fit/eq_target.h"
#include "analyze/fit/joint_fit.h"
#include "tests/analyze/fit/compressor_cases.h"

namespace aapp::fit {
namespace {

constexpr int kRate = 48000;

// Two peaks that overlap, and a shelf.
effects::EqParams overlapping() {
  return {.bands = {{.type = dsp::BandType::peak, .frequency_hz = 900.0, .gain_db = 6.0, .q = 1.2},
                    {.type = dsp::BandType::peak, .frequency_hz = 1300.0, .gain_db = -4.0, .q = 1.0},
                    {.type = dsp::BandType::high_shelf, .frequency_hz = 6000.0, .gain_db = 3.0, .q = 0.7}}};
}

class ResponseStepsTest : public testing::Test {
 protected:
  std::vector<double> end_of(const std::vector<double>& step) const {
    std::vector<double> end(x_.size());
    EXPECT_TRUE(steps_.Plus(x_.data(), step.data(), end.data()));
    return end;
  }
  // How far the bands at the end of a step are from what its derivatives promise, in dB RMS.
  double off_db(const std::vector<double>& step, const std::vector<double>& end) const {
    const std::vector<double> grid = log_grid({30.0, 18000.0}, 200);
    const EqModel model(grid, kRate);
    Bands now(eq_.bands.begin(), eq_.bands.end()), then = now;
    from_coordinates({end.data(), band_size_}, then);
    std::vector<double> before(grid.size()), after(grid.size()), jacobian(grid.size() * band_size_);
    model.response_and_jacobian(now, before, jacobian);
    model.response_db(then, after);
    double sum = 0.0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
      double promised = before[i];
      for (std::size_t k = 0; k < band_size_; ++k) promised += jacobian[k * grid.size() + i] * step[k];
      sum += (after[i] - promised) * (after[i] - promised);
    }
    return std::sqrt(sum / static_cast<double>(grid.size()));
  }
  std::vector<double> added(const std::vector<double>& step) const {
    std::vector<double> end = x_;
    for (std::size_t k = 0; k < end.size(); ++k) end[k] += step[k];
    return end;
  }

  effects::EqParams eq_ = overlapping();
  std::size_t band_size_ = kCoordinatesPerBand * eq_.bands.size();
  ResponseSteps steps_{eq_, 2, kRate, band_bounds(kRate, {20.0, 20000.0}, 24.0, 12.0)};
  std::vector<double> x_ = [this] {
    std::vector<double> x = band_coordinates(eq_);
    x.insert(x.end(), {-20.0, 0.5});
    return x;
  }();
};

TEST_F(ResponseStepsTest, ASmallStepIsAdded) {
  const std::vector<double> step{1e-4, 2e-3, -1e-4, 2e-4, -1e-3, 1e-4, -2e-4, 1e-3, 1e-4, 0.0, 0.0};
  const std::vector<double> end = end_of(step), sum = added(step);
  for (std::size_t k = 0; k < end.size(); ++k) EXPECT_NEAR(end[k], sum[k], 1e-4) << k;
}

TEST_F(ResponseStepsTest, ALargeStepEndsNearerToWhatItsDerivativesPromise) {
  const std::vector<double> step{0.15, 4.0, -0.3, -0.15, -4.0, 0.3, 0.2, -1.0, 0.2, 0.0, 0.0};
  const double with = off_db(step, end_of(step)), without = off_db(step, added(step));
  EXPECT_GT(without, 0.3);
  EXPECT_LT(with, 0.4 * without);
}

TEST_F(ResponseStepsTest, BandsStayWithinTheirRangesAndTheRestIsAdded) {
  const std::vector<double> step{-9.0, 60.0, 5.0, 9.0, -60.0, -5.0, 3.0, 40.0, 3.0, -1.5, 0.25};
  const std::vector<double> end = end_of(step);
  Bands bands(eq_.bands.begin(), eq_.bands.end());
  from_coordinates({end.data(), band_size_}, bands);
  for (const effects::EqBand& band : bands) {
    EXPECT_GE(band.frequency_hz, 20.0 * 0.9999);
    EXPECT_LE(band.frequency_hz, 20000.0 * 1.0001);
    EXPECT_LE(std::abs(band.gain_db), 24.0);
    EXPECT_LE(band.q, 12.0 * 1.0001);
  }
  EXPECT_EQ(end[band_size_], -21.5);
  EXPECT_EQ(end[band_size_ + 1], 0.75);
}

// The valley between overlapping bands is curved in coordinates, not in response.
TEST(JointFitByResponse, NeedsFewerStepsWhereBandsOverlap) {
  const ChainModel truth{.kind = ChainKind::compressor_then_eq,
                         .eq = overlapping(),
                         .gain_db = 0.0,
                         .compressor = test::all_topologies()[0]};
  PairExcerpt pair;
  pair.rate_hz = kRate;
  pair.dry = test::bursts(1, 2.0, kRate, 5);
  pair.wet = run_model(truth, pair.dry, kRate);
  ChainModel start = truth;
  start.eq.bands[0].frequency_hz *= 1.1, start.eq.bands[0].gain_db += 1.5;
  start.eq.bands[1].frequency_hz *= 1.1, start.eq.bands[1].gain_db -= 1.5;
  const ErrorModel error = estimate_chain_error(start, pair);
  const auto cost_of_two_steps = [&](StepPath path) {
    return fit_jointly(pair, start, error, {.max_iterations = 2, .stride = 4, .path = path}).cost;
  };
  EXPECT_LT(cost_of_two_steps(StepPath::response), 0.1 * cost_of_two_steps(StepPath::coordinates));
}

}  // namespace
}  // namespace aapp::fit

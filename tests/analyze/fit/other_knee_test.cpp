#include "analyze/fit/other_knee.h"

#include <gtest/gtest.h>

#include "common/dsp/gain_curve.h"

namespace aapp::fit {
namespace {

CompressorPoint point_of(double threshold_db, double ratio, double knee_db) {
  return to_point(
      {.threshold_db = threshold_db, .ratio = ratio, .knee_db = knee_db, .attack_ms = 5.0, .makeup_db = 3.0});
}

double gain_db(const CompressorPoint& point, double level_db) {
  const effects::CompressorParams params = to_params(point, {});
  return params.makeup_db +
         dsp::gain_curve_db(
             dsp::GainCurve<double>{params.threshold_db, dsp::ratio_to_slope(params.ratio), params.knee_db},
             level_db);
}

TEST(OtherKnee, TouchesTheLineAndLeavesWhatIsBelow) {
  const CompressorPoint line = point_of(-20.0, 1.6, 0.0), wide = with_wide_knee(line);
  EXPECT_GT(wide[kKneeDb], 8.0);
  EXPECT_NEAR(gain_db(wide, -16.0), gain_db(line, -16.0), 1e-9);
  EXPECT_NEAR(gain_db(wide, -15.99) - gain_db(wide, -16.01), gain_db(line, -15.99) - gain_db(line, -16.01),
              1e-9);
  EXPECT_DOUBLE_EQ(gain_db(wide, -60.0), gain_db(line, -60.0));
  EXPECT_LT(gain_db(wide, -4.0), gain_db(line, -4.0));
}

TEST(OtherKnee, LineAndWideKneeLeadToEachOther) {
  const CompressorPoint line = point_of(-20.0, 1.6, 0.0);
  const CompressorPoint back = with_other_knee(with_other_knee(line));
  EXPECT_NEAR(back[kThresholdDb], line[kThresholdDb], 1e-9);
  EXPECT_NEAR(back[kSlope], line[kSlope], 1e-9);
  EXPECT_NEAR(back[kOffsetDb], line[kOffsetDb], 1e-9);
}

TEST(OtherKnee, KeepsTheSlopeInBounds) {
  const CompressorPoint wide = with_wide_knee(point_of(-20.0, 15.0, 0.0));
  EXPECT_LT(wide[kSlope], 1.0);
  EXPECT_DOUBLE_EQ(with_wide_knee(point_of(-20.0, 1.0, 0.0))[kKneeDb], 8.0);
}

}  // namespace
}  // namespace aapp::fit

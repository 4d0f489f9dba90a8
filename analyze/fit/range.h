// An interval of a quantity, both ends included: bounds of a fitted parameter, the part of a spectrum that
// counts.
#pragma once

namespace aapp::fit {

struct Range {
  double low = 0.0;
  double high = 0.0;
  bool contains(double x) const { return low <= x && x <= high; }
  bool operator==(const Range&) const = default;
};

}  // namespace aapp::fit

// A picture as values: axes, and series of points with a role each. Whoever has something to show fills a
// Plot; plot_svg.h draws it, plot_data.h writes the same numbers as CSV and JSON, so that picture and data
// cannot differ.
#pragma once

#include <string>
#include <vector>

namespace aapp::report {

enum class AxisScale { linear, logarithmic };

struct Tick {
  double value = 0.0;
  std::string label;
};

struct Axis {
  std::string label;  // with the unit: "frequency, Hz"
  double min = 0.0;   // min < max; > 0 on a logarithmic axis
  double max = 1.0;
  AxisScale scale = AxisScale::linear;
  std::vector<Tick> ticks;
};

// Whose data a series shows: decides its colour, the same in every picture of a report.
enum class Role { reference, source, result, difference, fit, part, guide };

enum class Mark {
  line,
  dashed,
  area,    // filled down to y = 0, or to the axis where 0 is outside
  ribbon,  // filled between y_low and y
  bars,    // one bar per point, as wide as the points are apart, from y_low (or 0) to y
};

// Points in order of x. A y that is not finite leaves a gap.
struct Series {
  std::string name;
  Role role = Role::result;
  Mark mark = Mark::line;
  std::vector<double> x{};
  std::vector<double> y{};
  std::vector<double> y_low{};  // ribbon and bars only; as many as y, or none
  std::vector<double>
      hue{};  // bars only: 0 (dark, low) to 1 (bright, high) per point instead of the role's colour
};

struct Plot {
  std::string id;  // unique in a page: letters, digits, hyphens
  std::string title;
  std::string summary;  // what one sees, in a sentence, for those who do not see it
  Axis x{};
  Axis y{};
  std::vector<Series> series{};
};

// Axes with the ticks that people expect.
Axis frequency_axis(double min_hz, double max_hz);
// Ticks at round steps (1, 2 or 5 times a power of ten), about `count` of them. min and max stay as given.
Axis linear_axis(std::string label, double min, double max, int count = 6);
// Grown to round steps round all finite values of the series, with at least `least_span` from end to end.
Axis axis_around(std::string label, const std::vector<Series>& series, double least_span);

}  // namespace aapp::report

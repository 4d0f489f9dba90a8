#include "analyze/report/plot_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "analyze/report/page_assets.h"

namespace aapp::report {
namespace {

// The drawing's units; the page scales it. page.js reads the same numbers from the data-frame attribute.
constexpr double kWidth = 720.0, kHeight = 320.0;
constexpr double kLeft = 56.0, kRight = 12.0, kTop = 12.0, kBottom = 44.0;
constexpr double kFrameWidth = kWidth - kLeft - kRight, kFrameHeight = kHeight - kTop - kBottom;

double share(const Axis& axis, double value) {
  if (axis.scale == AxisScale::logarithmic) {
    return std::log(std::max(value, axis.min * 1e-6) / axis.min) / std::log(axis.max / axis.min);
  }
  return (value - axis.min) / (axis.max - axis.min);
}

double x_of(const Plot& plot, double value) {
  return kLeft + kFrameWidth * share(plot.x, value);
}

// Kept within one frame height of the frame: the clip path hides it and the numbers stay small.
double y_of(const Plot& plot, double value) {
  return kTop + kFrameHeight * (1.0 - std::clamp(share(plot.y, value), -1.0, 2.0));
}

std::string_view mark_name(Mark mark) {
  switch (mark) {
    case Mark::line:
      return "line";
    case Mark::dashed:
      return "dashed";
    case Mark::area:
    case Mark::ribbon:
      return "filled";
    case Mark::bars:
      return "bars";
  }
  return "line";
}

using Text = std::back_insert_iterator<std::string>;

void draw_grid(const Plot& plot, Text out) {
  fmt::format_to(out, "<g class=\"grid\">");
  for (const Tick& tick : plot.x.ticks) {
    const double x = x_of(plot, tick.value);
    fmt::format_to(out, "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", x, kTop,
                   kTop + kFrameHeight);
    fmt::format_to(out, "<text class=\"x\" x=\"{:.1f}\" y=\"{}\">{}</text>", x, kTop + kFrameHeight + 16.0,
                   escape_markup(tick.label));
  }
  for (const Tick& tick : plot.y.ticks) {
    const double y = y_of(plot, tick.value);
    fmt::format_to(out, "<line x1=\"{1}\" x2=\"{2}\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", y, kLeft,
                   kLeft + kFrameWidth);
    fmt::format_to(out, "<text class=\"y\" x=\"{}\" y=\"{:.1f}\">{}</text>", kLeft - 6.0, y + 4.0,
                   escape_markup(tick.label));
  }
  fmt::format_to(out, "<text class=\"x label\" x=\"{}\" y=\"{}\">{}</text>", kLeft + kFrameWidth / 2.0,
                 kHeight - 8.0, escape_markup(plot.x.label));
  fmt::format_to(out, "<text class=\"x label\" transform=\"translate(14 {}) rotate(-90)\">{}</text></g>",
                 kTop + kFrameHeight / 2.0, escape_markup(plot.y.label));
}

// One path per stretch of finite points.
void draw_line(const Plot& plot, const Series& s, Text out) {
  fmt::format_to(out, "<path d=\"");
  bool pen_down = false;
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    if (!std::isfinite(s.y[i])) {
      pen_down = false;
      continue;
    }
    fmt::format_to(out, "{}{:.1f} {:.1f}", pen_down ? 'L' : 'M', x_of(plot, s.x[i]), y_of(plot, s.y[i]));
    pen_down = true;
  }
  fmt::format_to(out, "\"/>");
}

// The lower edge of a filled mark at point i.
double base_of(const Plot& plot, const Series& s, std::size_t i) {
  if (!s.y_low.empty()) return s.y_low[i];
  return std::clamp(0.0, plot.y.min, plot.y.max);
}

void draw_filled(const Plot& plot, const Series& s, Text out) {
  for (std::size_t first = 0; first < s.x.size();) {
    std::size_t end = first;
    while (end < s.x.size() && std::isfinite(s.y[end]) && std::isfinite(base_of(plot, s, end))) ++end;
    if (end > first) {
      fmt::format_to(out, "<path d=\"");
      for (std::size_t i = first; i < end; ++i) {
        fmt::format_to(out, "{}{:.1f} {:.1f}", i == first ? 'M' : 'L', x_of(plot, s.x[i]),
                       y_of(plot, s.y[i]));
      }
      for (std::size_t i = end; i-- > first;) {
        fmt::format_to(out, "L{:.1f} {:.1f}", x_of(plot, s.x[i]), y_of(plot, base_of(plot, s, i)));
      }
      fmt::format_to(out, "Z\"/>");
    }
    first = end + 1;
  }
}

void draw_bars(const Plot& plot, const Series& s, Text out) {
  const double apart = s.x.size() < 2 ? kFrameWidth / 4.0 : x_of(plot, s.x[1]) - x_of(plot, s.x[0]);
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    if (!std::isfinite(s.y[i])) continue;
    const double a = y_of(plot, s.y[i]);
    const double b = y_of(plot, base_of(plot, s, i));
    fmt::format_to(out, "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.1f}\"",
                   x_of(plot, s.x[i]) - apart / 2.0, std::min(a, b), apart, std::abs(a - b));
    if (!s.hue.empty()) fmt::format_to(out, " style=\"fill:hsl({:.0f} 75% 50%)\"", 250.0 - 210.0 * s.hue[i]);
    fmt::format_to(out, "/>");
  }
}

void draw_series(const Plot& plot, const Series& s, Text out) {
  fmt::format_to(out, "<g class=\"series {} {}\">", role_name(s.role), mark_name(s.mark));
  switch (s.mark) {
    case Mark::line:
    case Mark::dashed:
      draw_line(plot, s, out);
      break;
    case Mark::area:
    case Mark::ribbon:
      draw_filled(plot, s, out);
      break;
    case Mark::bars:
      draw_bars(plot, s, out);
      break;
  }
  fmt::format_to(out, "</g>");
}

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::reference:
      return "reference";
    case Role::source:
      return "source";
    case Role::result:
      return "result";
    case Role::difference:
      return "difference";
    case Role::fit:
      return "fit";
    case Role::part:
      return "part";
    case Role::guide:
      return "guide";
  }
  return "guide";
}

std::string escape_markup(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') safe += c;
    }
  }
  return safe;
}

std::string plot_svg(const Plot& plot, SvgUse use) {
  std::string svg;
  const Text out(svg);
  fmt::format_to(out,
                 "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" role=\"img\" id=\"{2}\" "
                 "aria-labelledby=\"{2}-title {2}-summary\" data-frame=\"{3} {4} {5} {6}\">"
                 "<title id=\"{2}-title\">{7}</title><desc id=\"{2}-summary\">{8}</desc>",
                 kWidth, kHeight, plot.id, kLeft, kTop, kFrameWidth, kFrameHeight, escape_markup(plot.title),
                 escape_markup(plot.summary));
  if (use == SvgUse::alone) fmt::format_to(out, "<style>{}</style>", plot_style());
  fmt::format_to(
      out,
      "<clipPath id=\"{0}-clip\"><rect x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/></clipPath>"
      "<rect class=\"frame\" x=\"{1}\" y=\"{2}\" width=\"{3}\" height=\"{4}\"/>",
      plot.id, kLeft, kTop, kFrameWidth, kFrameHeight);
  draw_grid(plot, out);
  fmt::format_to(out, "<g clip-path=\"url(#{}-clip)\"><g class=\"data\">", plot.id);
  for (const Series& s : plot.series) draw_series(plot, s, out);
  fmt::format_to(out, "</g></g></svg>");
  return svg;
}

}  // namespace aapp::report

#include "analyze/report/plot_data.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string_view>

namespace aapp::report {
namespace {

using Text = std::back_insert_iterator<std::string>;

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// nlohmann/json has no way to write fewer digits than a double holds.
void write_numbers(Text out, const std::vector<double>& values) {
  fmt::format_to(out, "[");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) fmt::format_to(out, ",");
    if (std::isfinite(values[i])) {
      fmt::format_to(out, "{:.6g}", values[i]);
    } else {
      fmt::format_to(out, "null");
    }
  }
  fmt::format_to(out, "]");
}

void write_axis(Text out, const Axis& axis) {
  fmt::format_to(out, R"({{"label":{},"min":{:.6g},"max":{:.6g},"scale":"{}","ticks":[)",
                 json_text(axis.label), axis.min, axis.max,
                 axis.scale == AxisScale::logarithmic ? "logarithmic" : "linear");
  for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
    fmt::format_to(out, R"({}{{"value":{:.6g},"label":{}}})", i > 0 ? "," : "", axis.ticks[i].value,
                   json_text(axis.ticks[i].label));
  }
  fmt::format_to(out, "]}}");
}

}  // namespace

std::string plot_json(const Plot& plot) {
  std::string json;
  const Text out(json);
  fmt::format_to(out, R"({{"id":{},"title":{},"x":)", json_text(plot.id), json_text(plot.title));
  write_axis(out, plot.x);
  fmt::format_to(out, R"(,"y":)");
  write_axis(out, plot.y);
  fmt::format_to(out, R"(,"series":[)");
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const Series& s = plot.series[i];
    fmt::format_to(out, R"({}{{"name":{},"x":)", i > 0 ? "," : "", json_text(s.name));
    write_numbers(out, s.x);
    fmt::format_to(out, R"(,"y":)");
    write_numbers(out, s.y);
    if (!s.y_low.empty()) {
      fmt::format_to(out, R"(,"y_low":)");
      write_numbers(out, s.y_low);
    }
    fmt::format_to(out, "}}");
  }
  fmt::format_to(out, "]}}");
  return json;
}

std::string plot_csv(const Plot& plot) {
  std::string csv = "series,x,y\n";
  const Text out(csv);
  for (const Series& s : plot.series) {
    std::string name;
    for (const char c : s.name) name += c == '"' ? std::string("\"\"") : std::string(1, c);
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      fmt::format_to(out, "\"{}\",{:.6g},", name, s.x[i]);
      if (std::isfinite(s.y[i])) fmt::format_to(out, "{:.6g}", s.y[i]);
      fmt::format_to(out, "\n");
    }
  }
  return csv;
}

}  // namespace aapp::report

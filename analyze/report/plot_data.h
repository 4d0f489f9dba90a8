// The numbers behind a Plot, for programs: what the page's script reads and what people export.
#pragma once

#include <string>

#include "analyze/report/plot.h"

namespace aapp::report {

// One JSON object: id, title, axes, series; points that are not finite are null. Numbers to six digits: a
// picture needs no more, and the page stays small.
std::string plot_json(const Plot& plot);

// "series,x,y", one row per point; empty y where not finite.
std::string plot_csv(const Plot& plot);

}  // namespace aapp::report

// The style sheets and the script of a report, taken from the .css and .js files of this folder when the
// program is built, so that a report is one file.
#pragma once

#include <string_view>

namespace aapp::report {

std::string_view plot_style();   // plot.css: what an SVG needs, in a page or alone
std::string_view page_style();   // page.css
std::string_view page_script();  // page.js

}  // namespace aapp::report

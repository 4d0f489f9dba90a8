// Draws a Plot as one SVG element: readable on its own, in a page (where CSS variables colour it, light or
// dark) and by a screen reader. page.js adds hover values, zoom and toggles to it from the plot's data.
#pragma once

#include <string>
#include <string_view>

#include "analyze/report/plot.h"

namespace aapp::report {

enum class SvgUse {
  in_page,  // colours come from the page's style sheet
  alone,    // a file of its own: brings its style sheet with it
};

std::string plot_svg(const Plot& plot, SvgUse use = SvgUse::in_page);

// The CSS class of a role: "reference".
std::string_view role_name(Role role);

// The text with &, <, >, " and ' as entities. Control characters, which no entity can carry, are left out.
std::string escape_markup(std::string_view text);

}  // namespace aapp::report

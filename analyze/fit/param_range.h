// What an effect accepts for one of its parameters, from the effect's own table.
#pragma once

#include <string_view>

#include "analyze/fit/range.h"
#include "common/effects/param_table.h"

namespace aapp::fit {

constexpr Range param_range(effects::ParamTable table, std::string_view id) {
  const effects::ParamSpec* spec = effects::find_param(table, id);
  return {spec->min, spec->max};
}

}  // namespace aapp::fit

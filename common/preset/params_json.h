// Between JSON and the parameters of any effect, by its table: no effect is named here. Reading is strict;
// what is left out keeps the table's default. Writing gives every parameter, in the table's order.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "common/effects/param_table.h"

namespace aapp::preset {

// Where in which text a value stands, for messages.
struct Place {
  std::string_view source;  // file name
  std::string pointer{};    // JSON pointer

  Place at(std::string_view key) const;
  Place at(std::size_t index) const;
};

// "vocal.json: /chain/1/params/ratio is 0.5; must be 1 to 20" and the like, all ErrorCode::preset_invalid.
tl::unexpected<Error> not_allowed(const Place& place, const nlohmann::ordered_json& value,
                                  std::string_view must_be);

// Refuses keys of `object` that are not known, with the nearest that is.
Result<void> check_keys(const nlohmann::ordered_json& object, std::span<const std::string_view> known,
                        const Place& place);

// `params` is the struct that the table describes, holding defaults. On error it is partly filled.
Result<void> read_params(const nlohmann::ordered_json& object, effects::ParamTable table, void* params,
                         const Place& place);

nlohmann::ordered_json write_params(effects::ParamTable table, const void* params);

}  // namespace aapp::preset

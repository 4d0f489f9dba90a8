#include "analyze/fit/uncertainty_json.h"

#include <nlohmann/json.hpp>

namespace aapp::fit {

using Json = nlohmann::ordered_json;

std::string parameters_json(std::span<const ParameterEstimate> parameters) {
  Json document = Json::object();
  for (const ParameterEstimate& p : parameters) {
    Json& entry = document[p.name];
    entry = {{"value", p.value},
             {"std_error", p.std_error},
             {"ci95", {p.ci95.low, p.ci95.high}},
             {"identified", p.identified}};
    if (!p.identified) entry["reason"] = p.reason;
  }
  return document.dump();
}

std::string correlations_json(std::span<const StrongCorrelation> correlations) {
  Json document = Json::array();
  for (const StrongCorrelation& c : correlations) {
    document.push_back({{"a", c.a}, {"b", c.b}, {"correlation", c.value}});
  }
  return document.dump();
}

}  // namespace aapp::fit

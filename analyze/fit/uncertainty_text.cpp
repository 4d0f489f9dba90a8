#include "analyze/fit/uncertainty_text.h"

#include <fmt/format.h>

namespace aapp::fit {

namespace {

// "/chain/1/params/bands/0/q" -> "bands/0/q".
std::string_view short_name(std::string_view pointer) {
  constexpr std::string_view kParams = "/params/";
  const std::size_t at = pointer.find(kParams);
  if (at != std::string_view::npos) return pointer.substr(at + kParams.size());
  return pointer.starts_with('/') ? pointer.substr(1) : pointer;
}

}  // namespace

std::string uncertainty_text(std::span<const ParameterEstimate> parameters) {
  if (parameters.empty()) return "";
  std::string text =
      fmt::format("  {:<24}{:>10}{:>12}   {}\n", "parameter", "value", "std error", "95 % interval");
  for (const ParameterEstimate& p : parameters) {
    text += fmt::format("  {:<24}{:>10.5g}{:>12.3g}   {:.5g} to {:.5g}{}\n", short_name(p.name), p.value,
                        p.std_error, p.ci95.low, p.ci95.high,
                        p.identified ? "" : ", not identified: " + p.reason);
  }
  return text;
}

}  // namespace aapp::fit

#include "analyze/fit/fit_plan.h"

#include <algorithm>
#include <cmath>

#include "analyze/fit/param_range.h"
#include "common/effects/registry.h"

namespace aapp::fit {

namespace {

// Less than this in dB is no change that anyone could hear; it is left out rather than written.
constexpr double kNoGainDb = 1e-4;

double into_range(effects::ParamTable table, std::string_view id, double value) {
  const Range range = param_range(table, id);
  return std::clamp(value, range.low, range.high);
}

std::size_t node_of(const FitPlan& plan, PlanPart part) {
  const Preset preset = plan.preset();
  for (std::size_t i = 0; i < preset.chain.size(); ++i) {
    const effects::AnyParams& params = preset.chain[i].params;
    if (part == PlanPart::eq ? std::holds_alternative<effects::EqParams>(params)
                             : std::holds_alternative<effects::CompressorParams>(params))
      return i;
  }
  return preset.chain.size();
}

std::string pointer(std::size_t node, std::string_view name) {
  return fmt::format("/chain/{}/params{}{}", node, name.starts_with('/') ? "" : "/", name);
}

void add_gain(Preset& preset, double gain_db) {
  if (std::abs(gain_db) < kNoGainDb) return;
  preset.chain.push_back(
      {.params = effects::GainParams{.gain_db = into_range(effects::kGainTable, "gain_db", gain_db)}});
}

void add_eq(Preset& preset, const Bands& bands) {
  if (bands.empty()) return;
  effects::EqParams eq;
  for (const effects::EqBand& band : bands) eq.bands.push_back(band);
  preset.chain.push_back({.params = eq});
}

}  // namespace

Preset FitPlan::preset() const {
  Preset preset;
  if (!compressor) {
    add_gain(preset, input_gain_db + trim_db);
    add_eq(preset, bands);
    return preset;
  }
  effects::CompressorParams with_makeup = *compressor;
  with_makeup.makeup_db = into_range(effects::kCompressorTable, "makeup_db", trim_db);
  add_gain(preset, input_gain_db);
  if (order == ChainOrder::eq_first) add_eq(preset, bands);
  preset.chain.push_back({.params = with_makeup});
  if (order == ChainOrder::comp_first) add_eq(preset, bands);
  return preset;
}

Preset FitPlan::preset_before_compressor() const {
  FitPlan before = *this;
  before.compressor.reset();
  before.trim_db = 0.0;
  if (order == ChainOrder::comp_first) before.bands.clear();
  return before.preset();
}

std::vector<ParameterEstimate> in_preset(const FitPlan& plan, PlanPart part,
                                         std::vector<ParameterEstimate> parameters) {
  const std::size_t node = node_of(plan, part);
  for (ParameterEstimate& p : parameters) p.name = pointer(node, p.name);
  return parameters;
}

std::vector<StrongCorrelation> in_preset(const FitPlan& plan, PlanPart part,
                                         std::vector<StrongCorrelation> correlations) {
  const std::size_t node = node_of(plan, part);
  for (StrongCorrelation& c : correlations) {
    c.a = pointer(node, c.a);
    c.b = pointer(node, c.b);
  }
  return correlations;
}

}  // namespace aapp::fit

// The two reports: what was measured, and what was fitted. Turns findings into a Page; knows no files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/fit/fit_summary.h"
#include "analyze/fit/uncertainty.h"
#include "analyze/report/chain_pictures.h"
#include "analyze/report/page.h"
#include "analyze/report/recording_pictures.h"
#include "common/preset/preset.h"

namespace aapp::report {

// What a fit found, as its report shows it.
struct FitFindings {
  std::vector<Recording> recordings{};  // the reference first, then source and result where there are such
  Preset preset{};
  std::vector<fit::ParameterEstimate> parameters{};  // names are JSON pointers into the preset
  std::vector<fit::StrongCorrelation> strong_correlations{};
  std::vector<std::string> remarks{};     // plain sentences
  std::vector<fit::FitMetric> metrics{};  // distances from the reference
  std::vector<Player> players{};
  std::optional<GainTrace> trace{};  // where the chain has a compressor and there is a source to play
  fit::Provenance provenance{};
};

Page fit_page(const FitFindings& findings);

Page measure_page(std::span<const Recording> recordings, const std::string& provenance);

// Every picture of a page in order, for files of their own.
std::vector<Plot> page_plots(const Page& page);

}  // namespace aapp::report

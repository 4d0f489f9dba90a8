// What a fit did, in numbers and sentences: the "fit" block of its preset, and the table that people read.
// Both come from the same rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyze/fit/paired_fit.h"
#include "analyze/fit/uncertainty.h"
#include "analyze/fit/unpaired_fit.h"
#include "analyze/measure/distance.h"

namespace aapp::fit {

// A distance from the reference; absent where a recording is too short or silent for it.
struct FitMetric {
  std::string_view id;     // the JSON key; carries its unit
  std::string_view label;  // for people
  std::string_view unit;
  std::optional<double> before, after;
};

// Third octaves of the reference, so that a player can show how close it comes.
struct ReferenceLevel {
  double centre_hz = 0.0;
  double level_db = 0.0;  // of the band's power; a full-scale sine has -3.01 dB
};

struct FitSummary {
  std::string_view mode;  // "paired", "unpaired", "reference"
  std::vector<FitMetric> metrics;
  std::vector<ParameterEstimate> parameters;
  std::vector<StrongCorrelation> strong_correlations;
  std::vector<std::string> remarks;
  std::vector<ReferenceLevel> reference_spectrum{};  // bands that hold energy; none for a pair
};

std::vector<FitMetric> fit_metrics(const measure::ProfileDistance& before,
                                   const measure::ProfileDistance& after);
std::vector<FitMetric> fit_metrics(const PairedDistance& before, const PairedDistance& after);

// The summary of an unpaired fit in `mode`; `reference` is what it was fitted to.
FitSummary summarize(std::string_view mode, const UnpairedFit& fit, const measure::TrackProfile& reference);

// The preset's "fit" block.
std::string fit_json(const FitSummary& summary);
// Table of distances, remarks, and table of uncertainties; ends with a newline.
std::string fit_text(const FitSummary& summary);

// A file that a preset was made from.
struct FitFile {
  std::string name;    // without its folders
  std::string sha256;  // of its bytes
  double weight = 1.0;
};

struct Provenance {
  std::string tool;  // "aapp-analyze 0.1.0"
  std::vector<FitFile> references{};
  std::optional<FitFile> source{};
  std::string profile{};  // the built-in source profile; "" for none
};

// The preset's "provenance" block. No clock time: the same input gives the same bytes.
std::string provenance_json(const Provenance& provenance);

}  // namespace aapp::fit

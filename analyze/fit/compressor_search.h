// The compressor between two recordings that nothing else lies between.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analyze/fit/candidate.h"
#include "analyze/fit/topology_search.h"

namespace aapp::fit {

// A compressor alone with these settings.
struct Finalist {
  CompressorFit fit;
  Candidate candidate;
};

// A quick search and, where that leaves more than noise, a thorough one. The pair must outlive it.
class CompressorSearch {
 public:
  CompressorSearch(const PairSplit& split, const PairedFitOptions& options);

  // One that a filter should stand beside is not worth refining alone.
  const Candidate& quick();
  // What the quick one found, none the less.
  const Candidate& refined();
  // One that the search for a chain came to.
  void go_on_from(const Candidate& compressor);
  // The rest requires one of these.
  const Candidate& best() const { return best_.candidate; }
  bool leaves_more_than_noise();
  const Candidate& thorough();

 private:
  std::vector<CompressorFit> raced() const;
  std::vector<CompressorFit> around_best(const CompressorData& data) const;
  void take(const Finalist& best);
  // Whether that was worth it.
  bool take_if_better(const std::vector<CompressorFit>& fits);
  // What the best leaves over noise.
  double left();

  const PairSplit& split_;
  const PairedFitOptions& options_;
  const TopologySearchOptions race_;
  std::vector<dsp::StereoLink> links_;
  std::vector<CompressorFit> fits_;  // of the quick search
  Finalist best_{};
  bool refined_ = false;
  std::optional<double> left_;  // once it was asked for
};

// A compressor that was found otherwise, refined alone.
Candidate fit_compressor_only(const effects::CompressorParams& found, const PairSplit& split,
                              const PairedFitOptions& options);

}  // namespace aapp::fit

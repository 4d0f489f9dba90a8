// What a paired fit has to say to people: plain sentences about alignment, chain and certainty.
#pragma once

#include <string>
#include <vector>

#include "analyze/fit/chain_model.h"

namespace aapp::fit {

void remark_alignment(const Alignment& alignment, int rate_hz, std::vector<std::string>& remarks);
// Of a filter whose excess phase was taken off (excess_phase.h).
void remark_phase(std::vector<std::string>& remarks);
// `wet`: what was fitted to.
void remark_clipping(const audio::AudioBuffer& wet, std::vector<std::string>& remarks);
// `esr_db`: what the chain leaves. Where that is much, something else was done, too.
void remark_chain(const ChainModel& model, int channels, double esr_db, std::vector<std::string>& remarks);
// Parameters that are not identified, and pairs of which only a combination is.
void remark_certainty(const std::vector<ParameterEstimate>& parameters,
                      const std::vector<StrongCorrelation>& correlations, std::vector<std::string>& remarks);

}  // namespace aapp::fit

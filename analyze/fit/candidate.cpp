#include "analyze/fit/candidate.h"

#include "analyze/fit/parallel.h"

namespace aapp::fit {

Judgement judge(const ChainModel& model, const PairSplit& split) {
  Judgement out;
  parallel_for(2, [&](std::size_t i) {
    (i == 0 ? out.fitted : out.held_out) = measure_error(model, i == 0 ? split.fit : split.held_out);
  });
  return out;
}

}  // namespace aapp::fit

// Does the fit find what was planted? Random equalisers of 4 to 10 bands (half an octave apart at least, 1 to
// 12 dB, Q 0.5 to 4, half of them with a shelf at one end or both) are fitted with as many bands; the
// response and, band by band, the parameters are compared with the truth.
//
//   eq_recovery_bench [COUNT]      prints one line of JSON
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "bench/eq/curves.h"
#include "tests/support/planted_eq.h"

namespace aapp::bench {

namespace {

int run(int count) {
  int response_found = 0, parameters_found = 0;
  double worst_db = 0.0;
  for (int i = 0; i < count; ++i) {
    const effects::EqParams planted = test::planted_eq(static_cast<std::uint64_t>(i));
    const auto found =
        fit::fit_eq(test::planted_curve(planted), bounds(static_cast<int>(planted.bands.size())));
    if (!found) return 1;
    const bool same_response = found->error.rms_db <= 0.01;
    const bool same_parameters = test::same_bands(planted, found->eq);
    response_found += same_response ? 1 : 0;
    parameters_found += same_parameters ? 1 : 0;
    worst_db = std::max(worst_db, found->error.rms_db);
    if (!same_parameters) {
      fmt::print(stderr, "{}: {} bands, {:.5f} dB RMS, parameters differ\n", i, planted.bands.size(),
                 found->error.rms_db);
    }
  }
  const nlohmann::ordered_json document{{"equalisers", count},
                                        {"response_within_0.01_db", response_found},
                                        {"parameters_within_1_percent_0.05_db_3_percent", parameters_found},
                                        {"worst_rms_db", worst_db}};
  fmt::print("{}\n", document.dump());
  return 0;
}

}  // namespace

}  // namespace aapp::bench

int main(int argc, char** argv) {
  return aapp::bench::run(argc > 1 ? std::atoi(argv[1]) : 200);
}

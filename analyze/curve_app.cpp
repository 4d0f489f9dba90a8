#include "analyze/curve_app.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "analyze/curve_report.h"
#include "analyze/fit/curve_csv.h"
#include "analyze/fit/eq_target.h"
#include "analyze/fit/param_range.h"
#include "common/base/atomic_file.h"
#include "common/preset/preset_json.h"

namespace aapp::analyze {

namespace {

using fit::EqShapes;
using fit::Range;

// Of the grid on which a curve is followed.
constexpr double kPointsPerOctave = 45.0;
// Bands may sit this much above the range that is followed, for the skirts that reach into it, but not above
// 16 kHz.
constexpr double kBandHeadroom = 1.6;
constexpr double kHighestBandHz = 16000.0;
constexpr double kHighestOfRate = 0.49;

Result<Range> parse_range(const std::string& text, const char* option) {
  Range range;
  const char* end = text.data() + text.size();
  const auto low = std::from_chars(text.data(), end, range.low);
  if (low.ec == std::errc() && low.ptr != end && *low.ptr == ':') {
    const auto high = std::from_chars(low.ptr + 1, end, range.high);
    if (high.ec == std::errc() && high.ptr == end && range.low > 0.0 && range.low < range.high &&
        range.high < 1e9) {
      return range;
    }
  }
  return fail(ErrorCode::usage, "{} is '{}'; give two frequencies in Hz, the lower first, such as 20:16000",
              option, text);
}

Result<int> parse_bands(const std::string& text) {
  if (text == "auto") return fit::kAutoBands;
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, count);
  const auto most = static_cast<int>(effects::kMaxEqBands);
  if (error == std::errc() && at == end && count >= 1 && count <= most) return count;
  return fail(ErrorCode::usage, "--bands is '{}'; give a number of 1 to {}, or auto", text, most);
}

EqShapes shapes_of(const CurveOptions& options) {
  const auto use = [&options](std::string_view name) {
    const bool named = std::find(options.types.begin(), options.types.end(), name) != options.types.end();
    return named ? EqShapes::Use::if_useful : EqShapes::Use::never;
  };
  return {.peaks = use("peak"),
          .low_shelf = use("low_shelf"),
          .high_shelf = use("high_shelf"),
          .low_pass = use("low_pass"),
          .high_pass = use("high_pass"),
          .max_shelves = options.shelves};
}

// What is followed: the range asked for, as far as the curve and the rate reach.
Result<Range> followed_range(const CurveOptions& options, const fit::EqTarget& curve) {
  Result<Range> range = parse_range(options.freq_range, "--freq-range");
  if (!range) return range;
  const Range wanted = *range;
  range->low = std::max(wanted.low, curve.frequency_hz.front());
  range->high = std::min({wanted.high, curve.frequency_hz.back(), kHighestOfRate * options.rate_hz});
  if (range->low * 1.25 < range->high) return range;
  return fail(ErrorCode::unreadable,
              "{}: covers {:g} to {:g} Hz, of which {:g}:{:g} at a rate of {:g} Hz leaves too little to fit",
              options.target, curve.frequency_hz.front(), curve.frequency_hz.back(), wanted.low, wanted.high,
              options.rate_hz);
}

fit::EqTarget fitted_points(const CurveOptions& options, const fit::EqTarget& curve, Range range) {
  const auto points = static_cast<std::size_t>(kPointsPerOctave * std::log2(range.high / range.low)) + 3;
  fit::EqTarget target = fit::resample_log(curve, range, points);
  for (const double f_hz : target.frequency_hz)
    target.weight.push_back(f_hz > kTrebleHz ? options.treble_weight : 1.0);
  return target;
}

Result<fit::EqFitOptions> fit_options(const CurveOptions& options, Range followed) {
  const Result<int> bands = parse_bands(options.bands);
  if (!bands) return tl::unexpected(bands.error());
  Range band_range{followed.low,
                   std::min(kBandHeadroom * followed.high, std::max(kHighestBandHz, followed.low * 2.0))};
  if (!options.band_range.empty()) {
    const Result<Range> given = parse_range(options.band_range, "--band-range");
    if (!given) return tl::unexpected(given.error());
    band_range = *given;
  }
  return fit::EqFitOptions{
      .bands = *bands,
      .max_error_db = options.max_error_db,
      .shapes = shapes_of(options),
      .frequency_hz = band_range,
      .gain_db = {-options.max_gain_db, options.max_gain_db},
      .q = {options.min_q, options.max_q},
      .offset = options.level == "fixed" ? fit::LevelOffset::fixed : fit::LevelOffset::free,
      .rate_hz = options.rate_hz,
      .seed = options.seed,
      .threads = options.threads};
}

// A measured sound pressure makes a level that no preamp has.
Result<void> check_level(const CurveFindings& findings) {
  const Range gain_db = fit::param_range(effects::kGainTable, "gain_db");
  if (gain_db.contains(findings.preamp_db)) return {};
  return fail(ErrorCode::unreadable,
              "{}: its level of {:.1f} dB is beyond the {:g} to {:g} dB of a preamp; add --preamp headroom "
              "or --preamp none",
              findings.options.target, findings.preamp_db, gain_db.low, gain_db.high);
}

// Never a preset that the player would refuse.
Result<void> check_and_save(const Preset& preset, const CurveOptions& options) {
  const Result<Preset> read_back = preset::parse_preset(preset::format_preset(preset), options.output);
  if (!read_back) return tl::unexpected(read_back.error());
  return preset::save_preset(preset, options.output, options.force ? Overwrite::replace : Overwrite::refuse);
}

}  // namespace

Result<void> run_curve(const CurveOptions& options) {
  auto writable = check_target(options.output, options.force ? Overwrite::replace : Overwrite::refuse);
  if (!writable) return writable;
  const Result<fit::Curve> curve = fit::load_curve(options.target, {.column = options.column});
  if (!curve) return tl::unexpected(curve.error());
  const Result<Range> range = followed_range(options, curve->target);
  if (!range) return tl::unexpected(range.error());
  const Result<fit::EqFitOptions> fitting = fit_options(options, *range);
  if (!fitting) return tl::unexpected(fitting.error());
  const Result<fit::EqFitResult> fitted =
      fit::fit_eq(fitted_points(options, curve->target, *range), *fitting);
  if (!fitted) return tl::unexpected(fitted.error());

  const CurveFindings findings = judge_curve(options, *curve, *range, *fitted);
  if (auto playable = check_level(findings); !playable) return playable;
  if (auto saved = check_and_save(curve_preset(findings), options); !saved) return saved;
  fmt::print("{}", options.common.json ? curve_json(findings) + "\n" : curve_text(findings));
  return {};
}

}  // namespace aapp::analyze

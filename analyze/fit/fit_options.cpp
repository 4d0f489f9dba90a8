#include "analyze/fit/fit_options.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "common/effects/eq.h"

namespace aapp::fit {

namespace {

constexpr Range kFrequencyLimitsHz{10.0, 40000.0};
constexpr Range kGainLimitsDb{1.0, 40.0};
constexpr Range kQLimits{0.3, 40.0};
constexpr int kMostBands = static_cast<int>(effects::kMaxEqBands);

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<void> check_number(std::string_view option, double value, Range limits) {
  if (limits.contains(value)) return {};
  return fail(ErrorCode::usage, "--{} is {:g}; must be {:g} to {:g}", option, value, limits.low, limits.high);
}

}  // namespace

Result<int> parse_bands(std::string_view text) {
  if (text == "auto") return kAutoBands;
  const auto bands = parse_number<int>(text);
  if (!bands || *bands < 1 || *bands > kMostBands)
    return fail(ErrorCode::usage, "--bands is '{}'; must be auto or 1 to {}", text, kMostBands);
  return *bands;
}

Result<Range> parse_frequency_range(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto low = parse_number<double>(text.substr(0, colon));
  const auto high =
      colon == std::string_view::npos ? std::nullopt : parse_number<double>(text.substr(colon + 1));
  const bool good =
      low && high && kFrequencyLimitsHz.contains(*low) && kFrequencyLimitsHz.contains(*high) && *low < *high;
  if (!good) {
    return fail(ErrorCode::usage, "--freq-range is '{}'; must be LO:HI in Hz, {:g} to {:g}, such as 80:12000",
                text, kFrequencyLimitsHz.low, kFrequencyLimitsHz.high);
  }
  return Range{*low, *high};
}

Result<FitAspects> parse_aspects(std::string_view text) {
  FitAspects aspects{.eq = false, .dynamics = false, .level = false};
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t comma = std::min(text.find(',', first), text.size());
    const std::string_view word = text.substr(first, comma - first);
    first = comma + 1;
    if (word == "eq") {
      aspects.eq = true;
    } else if (word == "dynamics") {
      aspects.dynamics = true;
    } else if (word == "level") {
      aspects.level = true;
    } else {
      return fail(ErrorCode::usage, "--only has '{}'; may have eq, dynamics and level, with commas between",
                  word);
    }
  }
  return aspects;
}

Result<OrderChoice> parse_order(std::string_view text) {
  if (text == "auto") return OrderChoice::automatic;
  if (text == "eq-first") return OrderChoice::eq_first;
  if (text == "comp-first") return OrderChoice::comp_first;
  return fail(ErrorCode::usage, "--order is '{}'; must be auto, eq-first or comp-first", text);
}

Result<void> check_fit_options(const FitOptions& options) {
  const auto first_error = check_number("max-gain-db", options.max_gain_db, kGainLimitsDb)
                               .and_then([&] { return check_number("max-q", options.max_q, kQLimits); })
                               .and_then([&] {
                                 return check_number("amount", 100.0 * options.amount, {0.0, 100.0});
                               })
                               .and_then([&] {
                                 return check_number("max-error-db", options.max_error_db, {0.0, 40.0});
                               })
                               .and_then([&] {
                                 return check_number("threads", options.threads, {0.0, 256.0});
                               });
  return first_error;
}

Result<WeightedFile> parse_weighted_file(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return WeightedFile{.path = std::string(text)};
  const auto weight = parse_number<double>(text.substr(at + 1));
  if (!weight) return WeightedFile{.path = std::string(text)};
  if (!std::isfinite(*weight) || !(*weight > 0.0))
    return fail(ErrorCode::usage, "{}: the weight after @ is {:g}; must be greater than 0", text, *weight);
  return WeightedFile{.path = std::string(text.substr(0, at)), .weight = *weight};
}

}  // namespace aapp::fit

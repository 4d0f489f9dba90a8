// Reads a curve in dB over frequency from the text files that people have: CSV with or without a header,
// separated by commas, semicolons, tabs or blanks, REW's and AutoEq's exports, and Equalizer APO's
// "GraphicEQ: 20 -1.2; 21 -1.1" line. Lines that start with # or * are comments.
//
// Which column is the curve: the one asked for; else, by the header's names, target_db, equalization,
// gain_db, gain, spl, raw, in that order; else the second. The frequency is the column whose name starts with
// "freq" or is "f" or "hz"; else the first. A comma is a decimal mark where the separator is a semicolon or a
// tab.
//
// Points out of order are sorted, and repeated points dropped; both are noted. A frequency with two gains is
// refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyze/fit/eq_fit.h"
#include "common/base/error.h"

namespace aapp::fit {

inline constexpr std::size_t kMaxCurveBytes = 256u << 20;
// No equaliser's curve reaches further; what does is another column, or no decibels.
inline constexpr double kMaxCurveDb = 200.0;

struct CurveCsvOptions {
  std::string column;  // its name, or its number counted from 1; "" chooses
};

struct Curve {
  EqTarget target;                 // ascending, weights empty
  std::string column;              // the name of the column taken; "" without a header
  std::string sha256;              // of the bytes read by load_curve; "" from parse_curve
  std::vector<std::string> notes;  // what was done to the points, in plain sentences
};

// `source` names the text in messages. Time and memory go with the size of the text. ErrorCode::unreadable
// with the line for everything that is not such a curve; ErrorCode::usage for a column that is not there.
Result<Curve> parse_curve(std::string_view text, std::string_view source, const CurveCsvOptions& options);

// Reads a file of at most kMaxCurveBytes; "-" is standard input.
Result<Curve> load_curve(const std::string& path, const CurveCsvOptions& options);

}  // namespace aapp::fit

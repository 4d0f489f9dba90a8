#include "analyze/fit/curve_csv.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "common/base/sha256.h"

namespace aapp::fit {

namespace {

constexpr std::array<std::string_view, 6> kCurveColumns{"target_db", "equalization", "gain_db",
                                                        "gain",      "spl",          "raw"};
constexpr std::string_view kGraphicEq = "GraphicEQ:";
constexpr auto kUnreadable = ErrorCode::unreadable;

struct Point {
  double frequency_hz = 0.0;
  double gain_db = 0.0;
  std::size_t line = 0;
};

std::string_view trim(std::string_view s) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!s.empty() && blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && blank(s.back())) s.remove_suffix(1);
  if (s.size() >= 2 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
  return s;
}

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// What separates the fields of a line; a blank stands for runs of blanks and tabs.
char separator_of(std::string_view line) {
  for (const char c : {';', '\t', ','}) {
    if (line.find(c) != std::string_view::npos) return c;
  }
  return ' ';
}

void split(std::string_view line, char separator, std::vector<std::string_view>& fields) {
  fields.clear();
  if (separator != ' ') {
    for (;;) {
      const auto end = line.find(separator);
      fields.push_back(trim(line.substr(0, end)));
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + 1);
    }
  }
  while (!(line = trim(line)).empty()) {
    const auto end = line.find_first_of(" \t");
    fields.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end, line.size()));
  }
}

// The whole field as a number ("nan" and "inf" are numbers here); a leading + is allowed.
std::optional<double> number(std::string_view field, char separator) {
  if (!field.empty() && field.front() == '+') field.remove_prefix(1);
  std::string with_point;
  if ((separator == ';' || separator == '\t') && field.find(',') != std::string_view::npos) {
    with_point = field;
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    field = with_point;
  }
  double value = 0.0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || field.empty()) return std::nullopt;
  return value;
}

// Where the two columns are.
struct Layout {
  char separator = ',';
  std::size_t frequency = 0;
  std::size_t gain = 1;
  std::string name;  // of the gain column
};

class CurveParser {
 public:
  CurveParser(std::string_view source, const CurveCsvOptions& options) : source_(source), options_(options) {}

  Result<void> line(std::string_view text, std::size_t number) {
    line_ = number;
    text = trim(text);
    if (text.empty() || text.front() == '#' || text.front() == '*') return {};
    if (text.starts_with(kGraphicEq)) return graphic_eq(text.substr(kGraphicEq.size()));
    if (!started_) {
      started_ = true;
      layout_.separator = separator_of(text);
      split(text, layout_.separator, fields_);
      const bool header = std::none_of(fields_.begin(), fields_.end(), [this](std::string_view f) {
        return fit::number(f, layout_.separator).has_value();
      });
      if (header) return read_header();
      if (auto chosen = choose_by_number(); !chosen) return chosen;
    }
    split(text, layout_.separator, fields_);
    return row();
  }

  Result<Curve> finish() &&;

 private:
  template <class... Args>
  auto fail_here(fmt::format_string<Args...> text, Args&&... args) const {
    return fail(kUnreadable, "{}:{}: {}", source_, line_, fmt::format(text, std::forward<Args>(args)...));
  }

  Result<void> choose_by_number() {
    if (options_.column.empty()) return {};
    const auto wanted = fit::number(options_.column, ',');
    const auto columns = static_cast<double>(fields_.size());
    if (!wanted || *wanted < 1.0 || *wanted > columns || *wanted != std::floor(*wanted)) {
      return fail(ErrorCode::usage, "{}: has no column '{}'; without a header give a number, 1 to {}",
                  source_, options_.column, fields_.size());
    }
    layout_.gain = static_cast<std::size_t>(*wanted) - 1;
    return {};
  }

  Result<void> read_header() {
    std::vector<std::string> names;
    for (const std::string_view f : fields_) names.push_back(lower(f));
    const auto find = [&names](std::string_view name) {
      return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].starts_with("freq") || names[i] == "f" || names[i] == "hz") {
        layout_.frequency = i;
        break;
      }
    }
    layout_.gain = layout_.frequency == 0 ? 1 : 0;
    if (options_.column.empty()) {
      for (const std::string_view name : kCurveColumns) {
        if (const std::size_t i = find(name); i < names.size()) {
          layout_.gain = i;
          break;
        }
      }
    } else if (const std::size_t i = find(lower(options_.column)); i < names.size()) {
      layout_.gain = i;
    } else if (auto chosen = choose_by_number(); !chosen) {
      return fail(ErrorCode::usage, "{}: has no column '{}'; its columns are {}", source_, options_.column,
                  fmt::join(names, ", "));
    }
    if (layout_.gain >= names.size())
      return fail_here("the header has {} column; a curve needs two", names.size());
    layout_.name = names[layout_.gain];
    return {};
  }

  Result<void> row() {
    const std::size_t needed = std::max(layout_.frequency, layout_.gain) + 1;
    if (fields_.size() < needed)
      return fail_here("has {} column(s); column {} is needed", fields_.size(), needed);
    return add(fields_[layout_.frequency], fields_[layout_.gain]);
  }

  Result<void> graphic_eq(std::string_view text) {
    started_ = true;
    while (!(text = trim(text)).empty()) {
      const auto end = std::min(text.find(';'), text.size());
      split(trim(text.substr(0, end)), ' ', fields_);
      if (fields_.size() != 2) {
        return fail_here("'{}' is not a frequency and a gain",
                         trim(text.substr(0, std::min<std::size_t>(end, 40))));
      }
      layout_.separator = ' ';
      if (auto ok = add(fields_[0], fields_[1]); !ok) return ok;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
  }

  Result<void> add(std::string_view frequency, std::string_view gain) {
    const auto f_hz = fit::number(frequency, layout_.separator);
    const auto g_db = fit::number(gain, layout_.separator);
    if (!f_hz) return fail_here("the frequency '{}' is not a number", frequency.substr(0, 40));
    if (!g_db) return fail_here("the gain '{}' is not a number", gain.substr(0, 40));
    if (!std::isfinite(*f_hz) || !(*f_hz > 0.0))
      return fail_here("the frequency is {} Hz; must be above 0", frequency);
    if (!(std::abs(*g_db) <= kMaxCurveDb)) {
      return fail_here("the gain is {} dB; must be {:g} to {:g}", gain, -kMaxCurveDb, kMaxCurveDb);
    }
    points_.push_back({*f_hz, *g_db, line_});
    return {};
  }

  std::string source_;
  CurveCsvOptions options_;
  Layout layout_;
  bool started_ = false;
  std::size_t line_ = 0;
  std::vector<std::string_view> fields_;
  std::vector<Point> points_;
};

Result<Curve> CurveParser::finish() && {
  const auto by_frequency = [](const Point& a, const Point& b) { return a.frequency_hz < b.frequency_hz; };
  Curve curve;
  curve.column = layout_.name;
  if (!std::is_sorted(points_.begin(), points_.end(), by_frequency)) {
    std::stable_sort(points_.begin(), points_.end(), by_frequency);
    curve.notes.push_back("the points were not in order of frequency and have been sorted");
  }
  std::size_t repeated = 0;
  for (const Point& p : points_) {
    std::vector<double>& f = curve.target.frequency_hz;
    if (!f.empty() && f.back() == p.frequency_hz) {
      if (curve.target.gain_db.back() != p.gain_db) {
        return fail(kUnreadable,
                    "{}:{}: {:g} Hz has a gain of {:g} dB, but {:g} dB on another line; keep one", source_,
                    p.line, p.frequency_hz, p.gain_db, curve.target.gain_db.back());
      }
      ++repeated;
      continue;
    }
    f.push_back(p.frequency_hz);
    curve.target.gain_db.push_back(p.gain_db);
  }
  if (repeated > 0) curve.notes.push_back(fmt::format("{} repeated point(s) were dropped", repeated));
  const std::size_t count = curve.target.frequency_hz.size();
  if (count < 2)
    return fail(kUnreadable, "{}: holds {} point(s) of a curve; at least 2 are needed", source_, count);
  return curve;
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) return fail(kUnreadable, "{}: cannot be opened; name a readable file", path);
  }
  std::istream& in = path == "-" ? std::cin : file;
  std::string text;
  std::array<char, 1 << 16> block{};
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxCurveBytes) {
      return fail(kUnreadable, "{}: is larger than {} MiB; a curve is not", path, kMaxCurveBytes >> 20);
    }
  }
  if (in.bad()) return fail(kUnreadable, "{}: cannot be read; name a file, not a folder", path);
  return text;
}

}  // namespace

Result<Curve> parse_curve(std::string_view text, std::string_view source, const CurveCsvOptions& options) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CurveParser parser(source, options);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto ok = parser.line(text.substr(0, end), line); !ok) return tl::unexpected(ok.error());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(parser).finish();
}

Result<Curve> load_curve(const std::string& path, const CurveCsvOptions& options) {
  const Result<std::string> text = read_text(path);
  if (!text) return tl::unexpected(text.error());
  auto curve = parse_curve(*text, path == "-" ? "standard input" : path, options);
  if (curve) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(*text)));
    curve->sha256 = hash.finish();
  }
  return curve;
}

}  // namespace aapp::fit

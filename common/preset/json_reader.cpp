#include "common/preset/json_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace aapp::preset {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxShownCharacters = 40;
constexpr std::size_t kMaxReasonCharacters = 160;

struct Position {
  std::size_t line;
  std::size_t column;
};

// `offset` counts the bytes read when the error was found.
Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(text.size(), offset > 0 ? offset - 1 : 0));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {static_cast<std::size_t>(lines) + 1, before.size() - line_start + 1};
}

// The parser's own words without its prefix; bytes that a terminal would not show are left out.
std::string reason_of(std::string_view what) {
  const auto column = what.find("column ");
  const auto colon = column == std::string_view::npos ? what.find("] ") : what.find(": ", column);
  if (colon != std::string_view::npos) what.remove_prefix(colon + 2);
  std::string reason;
  for (const char c : what.substr(0, kMaxReasonCharacters)) {
    if (c >= ' ' && c <= '~') reason += c;
  }
  return reason;
}

// Builds the document event by event; the first refusal ends the parse.
class StrictBuilder final : public nlohmann::json_sax<Json> {
 public:
  StrictBuilder(std::string_view text, std::string_view source) : text_(text), source_(source) {}

  Json& document() { return document_; }
  const std::string& refusal() const { return refusal_; }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& key) override {
    Json& object = *open_.back();
    if (object.contains(key)) return refuse(fmt::format("{}{} appears twice", pointer(), pointer_step(key)));
    if (object.size() >= kMaxJsonKeys)
      return refuse(fmt::format("{} has more than {} keys", pointer(), kMaxJsonKeys));
    keys_.back() = key;
    return true;
  }

  bool parse_error(std::size_t offset, const std::string&, const Json::exception& error) override {
    const Position at = position_of(text_, offset);
    refusal_ =
        fmt::format("{}:{}:{}: not valid JSON: {}", source_, at.line, at.column, reason_of(error.what()));
    return false;
  }

 private:
  bool refuse(const std::string& why) {
    refusal_ = fmt::format("{}: {}", source_, why);
    return false;
  }

  // Where in the document the parse stands.
  std::string pointer() const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      path += open_[i]->is_object() ? pointer_step(keys_[i]) : pointer_step(open_[i]->size() - 1);
    }
    return path;
  }

  Json* place(Json value) {
    if (open_.empty()) {
      document_ = std::move(value);
      return &document_;
    }
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[keys_.back()] = std::move(value));
    parent.push_back(std::move(value));
    return &parent.back();
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json container) {
    if (open_.size() >= kMaxJsonDepth) {
      return refuse(fmt::format("{} is nested deeper than {} levels", pointer(), kMaxJsonDepth));
    }
    open_.push_back(place(std::move(container)));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  std::string_view text_, source_;
  std::string refusal_;
  Json document_;
  std::vector<Json*> open_;        // from the root to the innermost container
  std::vector<std::string> keys_;  // for each, the key being read (objects only)
};

}  // namespace

Result<Json> read_json(std::string_view text, std::string_view source) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return fail(ErrorCode::preset_invalid, "{}: is UTF-16 text; save it as UTF-8", source);
  }
  StrictBuilder builder(text, source);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return fail(ErrorCode::preset_invalid, "{}", builder.refusal());
  }
  return std::move(builder.document());
}

std::string show_json(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() <= kMaxShownCharacters) return text;
  return text.substr(0, kMaxShownCharacters) + "...";
}

std::string pointer_step(std::string_view key) {
  std::string step = "/";
  for (const char c : key.substr(0, kMaxShownCharacters)) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    }
  }
  return step;
}

std::string pointer_step(std::size_t index) {
  return fmt::format("/{}", index);
}

}  // namespace aapp::preset

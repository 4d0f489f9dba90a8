#include "play/check_app.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/chain/chain.h"
#include "common/preset/describe.h"
#include "common/preset/json_writer.h"
#include "common/preset/library.h"
#include "common/preset/preset_json.h"

namespace aapp::play {
namespace {

using Json = nlohmann::ordered_json;

// Latency is a matter of the rate only for look-ahead given in ms; the answer says the rate.
constexpr audio::StreamSpec kCheckedAt{.rate_hz = 48000, .channels = 2, .max_block_frames = 256};

struct Checked {
  std::string asked;  // as the user named it
  std::string path{};
  Preset preset{};
  std::int64_t latency_frames = 0;
};

double latency_ms(const Checked& checked) {
  return 1000.0 * static_cast<double>(checked.latency_frames) / kCheckedAt.rate_hz;
}

Result<Checked> check_one(const std::string& asked) {
  Checked checked{.asked = asked};
  return preset::find_preset(asked, preset::library_folders())
      .and_then([&](const std::string& path) {
        checked.path = path;
        return preset::load_preset(path);
      })
      .and_then([&](const Preset& preset) {
        checked.preset = preset;
        return chain::Chain::make(preset, kCheckedAt);
      })
      .map([&](const chain::Chain& chain) {
        checked.latency_frames = chain.latency_frames();
        return checked;
      });
}

void print_text(const Checked& checked) {
  fmt::print("{}: {}\n", checked.path, checked.preset.name);
  if (!checked.preset.description.empty()) fmt::print("  {}\n", checked.preset.description);
  fmt::print("{}", preset::describe_chain(checked.preset));
  fmt::print("  latency: {} frames at {} Hz ({:.4g} ms)\n", checked.latency_frames, kCheckedAt.rate_hz,
             latency_ms(checked));
}

Json as_json(const std::string& asked, const Result<Checked>& result) {
  if (!result) return {{"preset", asked}, {"valid", false}, {"error", result.error().message}};
  Json item{{"preset", asked}, {"valid", true}, {"path", result->path}};
  item["latency_frames"] = result->latency_frames;
  item["latency_ms"] = latency_ms(*result);
  item["rate_hz"] = kCheckedAt.rate_hz;
  item["content"] = Json::parse(preset::format_preset(result->preset));
  return item;
}

// One error for all: a single preset's own sentence, else the number and the first sentence.
Result<void> summed_up(const std::vector<Error>& errors, std::size_t asked) {
  if (errors.empty()) return {};
  if (asked == 1) return tl::unexpected(errors.front());
  const bool any_invalid = std::any_of(errors.begin(), errors.end(), [](const Error& error) {
    return error.code == ErrorCode::preset_invalid;
  });
  return fail(any_invalid ? ErrorCode::preset_invalid : ErrorCode::unreadable,
              "{} of {} presets cannot be played: {}", errors.size(), asked, errors.front().message);
}

}  // namespace

Result<void> run_check(const CheckOptions& options) {
  std::vector<Error> errors;
  Json list = Json::array();
  for (const std::string& asked : options.presets) {
    const Result<Checked> result = check_one(asked);
    if (!result) errors.push_back(result.error());
    if (options.common.json) {
      list.push_back(as_json(asked, result));
    } else if (result && !options.common.quiet) {
      print_text(*result);
    } else if (!result && options.presets.size() > 1) {
      fmt::print("{}\n", result.error().message);
    }
  }
  if (options.common.json) fmt::print("{}", preset::write_json({{"presets", list}}));
  return summed_up(errors, options.presets.size());
}

}  // namespace aapp::play

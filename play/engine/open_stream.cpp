#include "play/engine/open_stream.h"

namespace aapp::play {
namespace {

// Longer device blocks are cut up by the engine, so this need not follow the device.
constexpr int kChainBlockFrames = 1024;

Result<EngineSetup> engine_setup(const StreamFacts& facts, const std::optional<ChannelMap>& map) {
  const int channels = facts.channels_out > 0 ? facts.channels_out : facts.channels_in;
  EngineSetup setup{
      .stream = {.rate_hz = facts.rate_hz, .channels = channels, .max_block_frames = kChainBlockFrames},
      .map = map.value_or(default_channel_map(facts.channels_in, channels)),
      .overload = Overload::shed};
  if (static_cast<int>(setup.map.size()) != channels) {
    return fail(ErrorCode::usage, "--map names {} channels; the device was opened with {} outputs",
                setup.map.size(), channels);
  }
  if (Result<void> ok = check_channel_map(setup.map, facts.channels_in); !ok)
    return tl::unexpected(ok.error());
  return setup;
}

}  // namespace

Result<AdmittedStream> open_admitted(const SessionOptions& options, const Preset& preset) {
  Result<OpenedDevice> device = options.opener(options.backend, options.wishes);
  if (!device) return tl::unexpected(device.error());
  Result<EngineSetup> setup = engine_setup(device->facts, options.map);
  if (!setup) return tl::unexpected(setup.error());
  AdmittedStream opened{.preset = preset, .device = std::move(*device), .setup = *setup, .predicted_us = {}};
  if (!options.admit) return opened;
  const Result<double> predicted_us =
      options.admit(preset, {opened.setup.stream, opened.device.facts.period_frames});
  if (!predicted_us) return tl::unexpected(predicted_us.error());
  opened.predicted_us = *predicted_us;
  return opened;
}

}  // namespace aapp::play

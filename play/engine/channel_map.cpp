#include "play/engine/channel_map.h"

#include <algorithm>
#include <charconv>

namespace aapp::play {

Result<ChannelMap> parse_channel_map(std::string_view text) {
  ChannelMap map;
  for (std::string_view rest = text;;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = rest.substr(0, comma);
    int input = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), input);
    if (error != std::errc{} || end != item.data() + item.size() || input < 0 ||
        input > audio::kMaxChannels) {
      return fail(ErrorCode::usage, "--map is \"{}\"; must be inputs from 0 (silence) to {} like 1,1", text,
                  audio::kMaxChannels);
    }
    if (map.size() == ChannelMap::capacity()) {
      return fail(ErrorCode::usage, "--map names more than {} channels", audio::kMaxChannels);
    }
    map.push_back(input);
    if (comma == rest.size()) return map;
    rest.remove_prefix(comma + 1);
  }
}

ChannelMap default_channel_map(int inputs, int chain_channels) {
  ChannelMap map;
  for (int c = 0; c < chain_channels; ++c) map.push_back(inputs > 0 ? c % inputs + 1 : 0);
  return map;
}

Result<void> check_channel_map(const ChannelMap& map, int inputs) {
  const int highest = *std::max_element(map.begin(), map.end());
  if (highest <= inputs) return {};
  return fail(ErrorCode::usage,
              "--map names input {}; the device was opened with {}, so ask for more with --channels-in",
              highest, inputs);
}

void apply_channel_map(const ChannelMap& map, audio::ConstAudioView in, audio::AudioView block) noexcept {
  for (std::size_t c = 0; c < map.size(); ++c) {
    const std::span<float> channel = block.channel(static_cast<int>(c));
    if (map[c] > 0 && map[c] <= in.channels()) {
      const std::span<const float> source = in.channel(map[c] - 1);
      std::copy(source.begin(), source.end(), channel.begin());
    } else {
      std::fill(channel.begin(), channel.end(), 0.0F);
    }
  }
}

}  // namespace aapp::play

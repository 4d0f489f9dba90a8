// Which input of the device feeds which channel of the chain. The chain has as many channels as the device
// has outputs; chain channel c leaves on output c.
#pragma once

#include <string_view>

#include "common/audio/buffer.h"
#include "common/base/inline_vector.h"

namespace aapp::play {

// For each chain channel the device input it hears, counted from 1; 0 is silence.
using ChannelMap = InlineVector<int, audio::kMaxChannels>;

// "1,1": input 1 on both channels. Fails with ErrorCode::usage.
Result<ChannelMap> parse_channel_map(std::string_view text);

// One input feeds every channel (a microphone on both ears); otherwise channel c hears input c, and starts
// over where there are fewer inputs than channels. No input: silence.
ChannelMap default_channel_map(int inputs, int chain_channels);

// Fails when the map names an input that the device does not have.
Result<void> check_channel_map(const ChannelMap& map, int inputs);

// Fills `block` (map.size() channels) from `in`; same number of frames. Real-time safe.
void apply_channel_map(const ChannelMap& map, audio::ConstAudioView in, audio::AudioView block) noexcept;

}  // namespace aapp::play

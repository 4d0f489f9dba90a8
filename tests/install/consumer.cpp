// Loads a preset by its path and plays a tone through it, with the installed headers and libraries alone.
#include <cmath>
#include <cstdio>

#include "analyze/measure/loudness.h"
#include "common/chain/render.h"
#include "common/preset/preset_json.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto preset = aapp::preset::load_preset(argv[1]);
  if (!preset) {
    std::fprintf(stderr, "%s\n", preset.error().message.c_str());
    return 1;
  }
  constexpr int kRateHz = 48000;
  aapp::audio::AudioBuffer tone(1, kRateHz);
  for (std::size_t i = 0; i < tone.frames(); ++i) {
    tone.channel(0)[i] =
        0.25F * static_cast<float>(std::sin(2.0 * aapp::kPi * 440.0 * static_cast<double>(i) / kRateHz));
  }
  const auto rendered = aapp::chain::render(tone, kRateHz, *preset);
  if (!rendered || rendered->frames() != tone.frames()) return 1;
  std::printf("%s: %zu frames\n", preset->name.c_str(), rendered->frames());
  return 0;
}

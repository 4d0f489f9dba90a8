// Random damage to good presets: reading never crashes, and what it accepts is a preset that writes and reads
// back.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

#include "common/preset/preset_json.h"
#include "tests/common/preset/random_preset.h"

namespace aapp::preset {
namespace {

constexpr std::array<std::string_view, 22> kFragments{
    "{",    "}",    "[",    "]",   ",",  ":",    "\"",           "\\u0000", "\\ud800", "1e999",    "-",
    "null", "true", "1e-9", "0.5", "//", "\xC3", "\"effect\": ", "\xFF",    "[[[[",    "\"gain\"", "-0"};

class Damage {
 public:
  explicit Damage(unsigned seed) : random_(seed) {}

  void apply(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (random_() % 5) {
      case 0:
        text.insert(at, kFragments[below(kFragments.size())]);
        break;
      case 1:
        text.erase(at, below(20));
        break;
      case 2:
        text.insert(at, text.substr(below(text.size() + 1), below(60)));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random_());
    }
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937 random_;
};

TEST(PresetFuzz, DamagedPresetsAreRefusedOrReadBackTheSame) {
  test::RandomPreset presets(7);
  Damage damage(7);
  int accepted = 0;
  constexpr int kRounds = 5000;
  for (int round = 0; round < kRounds; ++round) {
    std::string text = format_preset(presets.next());
    const std::size_t wounds = 1 + damage.below(4);
    for (std::size_t i = 0; i < wounds; ++i) damage.apply(text);
    const Result<Preset> preset = parse_preset(text, "fuzz");
    if (!preset) {
      EXPECT_EQ(preset.error().code, ErrorCode::preset_invalid);
      EXPECT_EQ(preset.error().message.find('\n'), std::string::npos) << preset.error().message;
      EXPECT_LT(preset.error().message.size(), 1000u);
      continue;
    }
    ++accepted;
    ASSERT_EQ(parse_preset(format_preset(*preset), "fuzz").value(), *preset) << text;
  }
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, kRounds / 2);
}

}  // namespace
}  // namespace aapp::preset

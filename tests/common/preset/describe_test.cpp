#include "common/preset/describe.h"

#include <gtest/gtest.h>

#include "common/preset/param_text.h"
#include "common/preset/preset_json.h"

namespace aapp::preset {
namespace {

TEST(DescribeChain, NamesEffectsValuesAndUnits) {
  const Result<Preset> preset = parse_preset(R"({"format": "aapp-preset", "version": 1, "chain": [
      {"effect": "gain", "bypass": true, "params": {"gain_db": -3}},
      {"effect": "eq", "params": {"bands": [{"type": "low_shelf", "frequency_hz": 105, "gain_db": 4.5}]}}]})",
                                             "p");
  ASSERT_TRUE(preset) << preset.error().message;
  EXPECT_EQ(describe_chain(*preset),
            "  1. gain (bypassed)\n"
            "     gain           -3 dB\n"
            "  2. eq\n"
            "     low_shelf, frequency 105 Hz, gain 4.5 dB, q 0.707107, enabled on\n");
  EXPECT_EQ(describe_chain({}), "  no effects: the sound passes unchanged\n");
}

// What a user reads in the reference is what the reader enforces.
TEST(ParameterReference, HasARowForEveryParameterOfEveryEffect) {
  const std::string reference = parameter_reference();
  for (const effects::EffectType& type : effects::effect_types()) {
    EXPECT_NE(reference.find(fmt::format("### `{}`", type.id)), std::string::npos);
    for (const effects::ParamSpec& spec : type.table) {
      EXPECT_NE(reference.find(fmt::format("| `{}` | {} |", spec.id, range_text(spec))), std::string::npos)
          << spec.id;
      for (const effects::ParamSpec& inner : spec.element) {
        EXPECT_NE(reference.find(fmt::format("| `{}[].{}` | {} |", spec.id, inner.id, range_text(inner))),
                  std::string::npos);
      }
    }
  }
}

TEST(LabelText, DropsTheUnitFromTheId) {
  EXPECT_EQ(label_text({.id = "rms_window_ms", .unit = "ms"}), "rms window");
  EXPECT_EQ(label_text({.id = "threshold_db", .unit = "dB"}), "threshold");
  EXPECT_EQ(label_text({.id = "ratio"}), "ratio");
}

}  // namespace
}  // namespace aapp::preset

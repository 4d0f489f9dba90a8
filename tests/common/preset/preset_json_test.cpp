#include "common/preset/preset_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/common/preset/random_preset.h"

namespace aapp::preset {
namespace {

constexpr const char* kSource = "vocal.json";

std::string document(const std::string& chain) {
  return R"({"format": "aapp-preset", "version": 1, "name": "n", "chain": )" + chain + "}";
}

std::string refusal(const std::string& text) {
  const Result<Preset> preset = parse_preset(text, kSource);
  if (preset) return "accepted";
  EXPECT_EQ(preset.error().code, ErrorCode::preset_invalid);
  return preset.error().message;
}

TEST(PresetJson, AnyPresetReadsBackToTheSameBits) {
  test::RandomPreset random(1);
  for (int i = 0; i < 300; ++i) {
    const Preset written = random.next();
    const std::string text = format_preset(written);
    const Result<Preset> read = parse_preset(text, kSource);
    ASSERT_TRUE(read) << read.error().message << "\n" << text;
    ASSERT_EQ(*read, written);
    ASSERT_EQ(format_preset(*read), text);
  }
}

TEST(PresetJson, EveryEffectWithoutParamsHasTheDefaultsOfItsTable) {
  for (const effects::EffectType& type : effects::effect_types()) {
    const std::string node = R"([{"effect": ")" + std::string(type.id) + R"("}, {"effect": ")" +
                             std::string(type.id) + R"(", "bypass": true, "params": {}}])";
    const Result<Preset> preset = parse_preset(document(node), kSource);
    ASSERT_TRUE(preset) << preset.error().message;
    EXPECT_EQ(preset->chain[0], (ChainNode{type.defaults, false}));
    EXPECT_EQ(preset->chain[1], (ChainNode{type.defaults, true}));
  }
}

TEST(PresetJson, ValuesAtTheEndsOfEveryRangeAreAllowedAndTheNextBeyondIsNot) {
  for (const effects::EffectType& type : effects::effect_types()) {
    for (const effects::ParamSpec& spec : type.table) {
      if (spec.kind != effects::ParamKind::number) continue;
      const auto with = [&](double value) {
        return document(
            fmt::format(R"([{{"effect": "{}", "params": {{"{}": {}}}}}])", type.id, spec.id, value));
      };
      EXPECT_EQ(refusal(with(spec.min)), "accepted") << spec.id;
      EXPECT_EQ(refusal(with(spec.max)), "accepted") << spec.id;
      EXPECT_NE(refusal(with(std::nextafter(spec.min, -1e9))).find("; must be "), std::string::npos)
          << spec.id;
      EXPECT_NE(refusal(with(std::nextafter(spec.max, 1e9))).find("; must be "), std::string::npos)
          << spec.id;
    }
  }
}

TEST(PresetJson, FitAndProvenanceAreKeptWhateverTheySay) {
  const std::string text = R"({"format": "aapp-preset", "version": 1, "chain": [],
      "fit": {"b": [1, 2.5, {"x": null}], "a": 1e-7, "seed": 18446744073709551615}, "provenance": {"tool": "später"}})";
  const Result<Preset> preset = parse_preset(text, kSource);
  ASSERT_TRUE(preset) << preset.error().message;
  const std::string written = format_preset(*preset);
  EXPECT_NE(
      written.find(R"("fit": { "b": [1, 2.5, { "x": null }], "a": 1e-07, "seed": 18446744073709551615 })"),
      std::string::npos)
      << written;
  EXPECT_NE(written.find(R"("provenance": { "tool": "später" })"), std::string::npos) << written;
  EXPECT_EQ(parse_preset(written, kSource).value(), *preset);
}

TEST(PresetJson, NumbersTakeTheirShortestForm) {
  const Result<Preset> preset = parse_preset(
      document(R"([{"effect": "gain", "params": {"gain_db": 0.1000000000000000055}}])"), kSource);
  ASSERT_TRUE(preset);
  EXPECT_NE(format_preset(*preset).find(R"("gain_db": 0.1 })"), std::string::npos) << format_preset(*preset);
}

TEST(PresetJson, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(refusal("\xEF\xBB\xBF" + document("[]")), "accepted");
}

struct Refusal {
  const char* name;
  std::string text;
  std::string message;
};

class PresetRefusals : public testing::TestWithParam<Refusal> {};

TEST_P(PresetRefusals, SayWhatIsWrongWhereAndWhatWouldBeRight) {
  EXPECT_EQ(refusal(GetParam().text), GetParam().message);
}

const std::string kOpenBrackets = std::string(1'000'000, '[');

INSTANTIATE_TEST_SUITE_P(
    All, PresetRefusals,
    testing::ValuesIn(std::vector<Refusal>{
        {"Empty", "",
         "vocal.json:1:1: not valid JSON: syntax error while parsing value - unexpected end of input; "
         "expected '[', "
         "'{', or a literal"},
        {"NotAnObject", "[1]", "vocal.json: the document is a list; must be a preset, that is, an object"},
        {"OtherJson", R"({"a": 1})",
         R"(vocal.json: is no preset: /format is missing; must be "aapp-preset")"},
        {"OtherFormat", R"({"format": "x", "version": 1})",
         R"(vocal.json: /format is "x"; must be "aapp-preset")"},
        {"NoVersion", R"({"format": "aapp-preset"})", "vocal.json: /version is missing; must be 1"},
        {"FractionalVersion", R"({"format": "aapp-preset", "version": 1.5, "chain": []})",
         "vocal.json: /version is 1.5; must be a whole number, the version of the format"},
        {"NewerVersion", R"({"format": "aapp-preset", "version": 2, "chain": [], "colour": "red"})",
         "vocal.json: /version is 2; this aapp reads up to 1, so update aapp"},
        {"OlderVersion", R"({"format": "aapp-preset", "version": 0})",
         "vocal.json: /version is 0; must be 1 to 1"},
        {"NoChain", R"({"format": "aapp-preset", "version": 1})",
         "vocal.json: /chain is missing; must be a list of effects"},
        {"ChainIsObject", document("{}"), "vocal.json: /chain is an object; must be a list of effects"},
        {"UnknownTopKey", R"({"format": "aapp-preset", "version": 1, "chain": [], "nam": "x"})",
         R"(vocal.json: /nam is not known; did you mean "name"?)"},
        {"NodeIsNumber", document("[7]"), "vocal.json: /chain/0 is 7; must be an object"},
        {"UnknownParam", document(R"([{"effect": "gain", "params": {"gian_db": 1}}])"),
         R"(vocal.json: /chain/0/params/gian_db is not known; did you mean "gain_db"?)"},
        {"FarParam", document(R"([{"effect": "gain", "params": {"colour": 1}}])"),
         "vocal.json: /chain/0/params/colour is not known; known here: gain_db"},
        {"UnknownNodeKey", document(R"([{"effect": "gain", "parms": {}}])"),
         R"(vocal.json: /chain/0/parms is not known; did you mean "params"?)"},
        {"OutOfRange", document(R"([{"effect": "gain", "params": {"gain_db": 60.5}}])"),
         "vocal.json: /chain/0/params/gain_db is 60.5; must be -60 to 60 dB"},
        {"WrongType", document(R"([{"effect": "gain", "params": {"gain_db": "3"}}])"),
         R"(vocal.json: /chain/0/params/gain_db is "3"; must be a number, -60 to 60 dB)"},
        {"NullValue", document(R"([{"effect": "gain", "params": {"gain_db": null}}])"),
         "vocal.json: /chain/0/params/gain_db is null; must be a number, -60 to 60 dB"},
        {"BypassIsNumber", document(R"([{"effect": "gain", "bypass": 1}])"),
         "vocal.json: /chain/0/bypass is 1; must be true or false"},
        {"ParamsIsList", document(R"([{"effect": "gain", "params": []}])"),
         "vocal.json: /chain/0/params is a list; must be an object"},
        {"TwiceTheSameKey",
         document(R"([{"effect": "gain"}, {"effect": "gain", "params": {"gain_db": 1, "gain_db": 2}}])"),
         "vocal.json: /chain/1/params/gain_db appears twice"},
        {"ControlCharacterInName",
         R"({"format": "aapp-preset", "version": 1, "chain": [], "name": "a\u001b[2J"})",
         R"(vocal.json: /name is "a\u001b[2J"; must be without control characters)"},
        {"C1ControlInDescription",
         R"({"format": "aapp-preset", "version": 1, "chain": [], "description": "a\u009b2J"})",
         R"(vocal.json: /description is "a\u009b2J"; must be without control characters)"},
        {"FitIsText", R"({"format": "aapp-preset", "version": 1, "chain": [], "fit": "good"})",
         R"(vocal.json: /fit is "good"; must be an object)"},
        {"TrailingGarbage", document("[]") + "\n}",
         "vocal.json:2:1: not valid JSON: syntax error while parsing value - unexpected '}'; expected end of "
         "input"},
        {"NotFinite", document(R"([{"effect": "gain", "params": {"gain_db": 1e999}}])"),
         "vocal.json:1:109: not valid JSON: number overflow parsing '1e999'"},
        {"Nan", document(R"([{"effect": "gain", "params": {"gain_db": NaN}}])"),
         "vocal.json:1:105: not valid JSON: syntax error while parsing value - invalid literal; last read: "
         "'\"gain_db\": "
         "N'"},
        {"Utf16", std::string("\xFF\xFE{\0", 4), "vocal.json: is UTF-16 text; save it as UTF-8"},
        {"DeepNesting", kOpenBrackets,
         "vocal.json: " +
             [] {
               std::string steps;
               for (int i = 0; i < 31; ++i) steps += "/0";
               return steps;
             }() +
             " is nested deeper than 32 levels"},
        {"TooLarge", document("[]") + std::string(kMaxPresetBytes, ' '),
         "vocal.json: is larger than 4 MiB, the most that a preset may be"},
    }),
    [](const auto& test) { return test.param.name; });

TEST(PresetJson, InvalidUtf8IsRefusedWithItsPosition) {
  const std::string message = refusal("{\n\"format\": \"\xC3\x28\"}");
  EXPECT_EQ(message.rfind("vocal.json:2:13: not valid JSON: ", 0), 0u) << message;
  EXPECT_NE(message.find("ill-formed UTF-8"), std::string::npos) << message;
}

TEST(PresetJson, AnUnknownEffectIsRefusedWithTheNearestOne) {
  const std::string message = refusal(document(R"([{"effect": "gian"}])"));
  EXPECT_EQ(message.rfind(R"(vocal.json: /chain/0/effect is "gian"; must be one of )", 0), 0u) << message;
  EXPECT_NE(message.find(R"(; did you mean "gain"?)"), std::string::npos) << message;
}

TEST(PresetJson, OneNodeMoreThanAllowedIsRefused) {
  std::string nodes = R"({"effect": "gain"})";
  for (std::size_t i = 1; i < kMaxChainNodes; ++i) nodes += R"(, {"effect": "gain"})";
  EXPECT_EQ(refusal(document("[" + nodes + "]")), "accepted");
  EXPECT_EQ(refusal(document("[" + nodes + R"(, {"effect": "gain"}])")),
            "vocal.json: /chain has 65 effects; must be at most 64");
}

TEST(PresetJson, AnObjectOfTooManyKeysIsRefused) {
  std::string keys = R"("k": 0)";
  for (int i = 0; i < 1000; ++i) keys += fmt::format(R"(, "k{}": 0)", i);
  EXPECT_EQ(refusal(R"({"fit": {)" + keys + "}}"), "vocal.json: /fit has more than 1000 keys");
}

}  // namespace
}  // namespace aapp::preset

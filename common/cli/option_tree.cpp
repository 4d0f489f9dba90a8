#include "common/cli/option_tree.h"

#include <CLI/CLI.hpp>

namespace aapp::cli {
namespace {

// CLI11 appends what a validator checks to the type's name: "TEXT:{bash,zsh,fish}", "TEXT:FILE".
std::vector<std::string> choices_of(const std::string& type) {
  const auto open = type.find('{');
  const auto close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

ValueKind kind_of(const std::string& value_name) {
  if (value_name == "PRESET") return ValueKind::preset;
  const bool is_path =
      value_name == "FILE" || value_name == "DIR" || value_name == "PATH" || value_name == "OUT";
  return is_path ? ValueKind::file : ValueKind::text;
}

OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  for (const std::string& name : option.get_snames()) facts.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) facts.names.push_back("--" + name);
  facts.description = option.get_description();
  facts.required = option.get_required();
  facts.repeated = option.get_items_expected_max() > 1;
  const std::string type = option.get_type_name();
  const bool is_flag = option.get_items_expected_max() == 0;
  if (is_flag) return facts;
  facts.choices = choices_of(type);
  facts.value_name = type.substr(0, type.find(':'));
  facts.kind = facts.choices.empty() ? kind_of(facts.value_name) : ValueKind::choice;
  if (option.get_positional()) facts.value_name = option.get_name(true);
  return facts;
}

VerbFacts facts_of(const CLI::App& app) {
  VerbFacts facts{.name = app.get_name(), .summary = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    auto& list = option->get_positional() ? facts.positionals : facts.options;
    list.push_back(facts_of(*option));
  }
  return facts;
}

}  // namespace

ProgramFacts read_option_tree(const CLI::App& program) {
  ProgramFacts facts{.self = facts_of(program), .verbs = {}};
  for (const CLI::App* verb : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (!verb->get_group().empty()) facts.verbs.push_back(facts_of(*verb));
  }
  return facts;
}

}  // namespace aapp::cli

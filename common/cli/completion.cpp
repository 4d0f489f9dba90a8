#include <fmt/format.h>

#include <algorithm>

#include "common/cli/documents.h"

namespace aapp::cli {
namespace {

// Where a shell gets the names of presets from, whichever of the two programs is completed.
constexpr const char* kPresetNames = "aapp-play presets --names 2>/dev/null";

std::string function_name(std::string program) {
  std::replace(program.begin(), program.end(), '-', '_');
  return program.insert(0, 1, '_');
}

std::string names_of(const VerbFacts& verb) {
  std::string words;
  for (const OptionFacts& option : verb.options)
    words += fmt::format("{}{}", words.empty() ? "" : " ", fmt::join(option.names, " "));
  return words;
}

std::string verb_names(const ProgramFacts& program, const char* separator) {
  std::string names;
  for (const VerbFacts& verb : program.verbs) names += (names.empty() ? "" : separator) + verb.name;
  return names;
}

bool takes_preset(const VerbFacts& verb) {
  return std::any_of(verb.positionals.begin(), verb.positionals.end(),
                     [](const OptionFacts& argument) { return argument.kind == ValueKind::preset; });
}

// Inside single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out;
}

// --- bash

std::string bash_value_cases(const VerbFacts& verb) {
  std::string cases;
  for (const OptionFacts& option : verb.options) {
    if (option.kind == ValueKind::none) continue;
    std::string pattern;
    for (const std::string& name : option.names) {
      pattern += fmt::format("{}{}:{}", pattern.empty() ? "" : "|", verb.name, name);
    }
    const std::string how = option.kind == ValueKind::choice
                                ? fmt::format("-W '{}'", fmt::join(option.choices, " "))
                                : std::string("-f");
    cases += fmt::format("    {}) mapfile -t COMPREPLY < <(compgen {} -- \"$current\"); return ;;\n", pattern,
                         how);
  }
  return cases;
}

std::string bash_word_cases(const ProgramFacts& program) {
  std::string cases =
      fmt::format("    '') words='{}' options='{}' ;;\n", verb_names(program, " "), names_of(program.self));
  for (const VerbFacts& verb : program.verbs) {
    const char* words = takes_preset(verb) ? "PRESETS" : "";
    cases += fmt::format("    {}) words='{}' options='{}' ;;\n", verb.name, words, names_of(verb));
  }
  return cases;
}

// --- zsh

// Text inside the brackets of an _arguments specification.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return quoted(out);
}

std::string zsh_action(const OptionFacts& option) {
  switch (option.kind) {
    case ValueKind::choice:
      return fmt::format("({})", fmt::join(option.choices, " "));
    case ValueKind::preset:
      return "_aapp_presets_or_files";
    case ValueKind::file:
      return "_files";
    default:
      return " ";
  }
}

std::string zsh_option(const OptionFacts& option) {
  std::string lines;
  for (const std::string& name : option.names) {
    const std::string value = option.kind == ValueKind::none
                                  ? ""
                                  : fmt::format(":{}:{}", zsh_text(option.value_name), zsh_action(option));
    lines += fmt::format(" \\\n        '*{}[{}]{}'", name, zsh_text(option.description), value);
  }
  return lines;
}

std::string zsh_verb(const VerbFacts& verb) {
  std::string text = fmt::format("    {})\n      _arguments", verb.name);
  for (const OptionFacts& option : verb.options) text += zsh_option(option);
  for (const OptionFacts& argument : verb.positionals) {
    text +=
        fmt::format(" \\\n        '{}:{}:{}'", argument.repeated ? "*" : "", zsh_text(argument.value_name),
                    argument.kind == ValueKind::preset ? "_aapp_presets_or_files" : "_files");
  }
  return text + " ;;\n";
}

// --- fish

std::string fish_option(const std::string& prefix, const OptionFacts& option) {
  std::string line = prefix;
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (option.kind == ValueKind::choice) line += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  if (option.kind == ValueKind::file || option.kind == ValueKind::preset) line += " -r -F";
  if (option.kind == ValueKind::text) line += " -x";
  return fmt::format("{} -d '{}'\n", line, quoted(option.description));
}

}  // namespace

std::string bash_completion(const ProgramFacts& program) {
  const std::string function = function_name(program.self.name);
  std::string value_cases;
  for (const VerbFacts& verb : program.verbs) value_cases += bash_value_cases(verb);
  return fmt::format(R"sh(# bash completion for {program}
{function}() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}" verb='' word words='' options=''
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$word" in
      {verbs}) verb="$word"; break ;;
    esac
  done
  case "$verb:$previous" in
{values}    *) ;;
  esac
  case "$verb" in
{words}  esac
  if [[ "$current" == -* ]]; then
    words="$options"
  elif [[ "$words" == PRESETS ]]; then
    words="$({presets})"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; [[ -n "$verb" ]] && compgen -f -- "$current")
}}
complete -o filenames -F {function} {program}
)sh",
                     fmt::arg("program", program.self.name), fmt::arg("function", function),
                     fmt::arg("verbs", verb_names(program, "|")), fmt::arg("values", value_cases),
                     fmt::arg("words", bash_word_cases(program)), fmt::arg("presets", kPresetNames));
}

std::string zsh_completion(const ProgramFacts& program) {
  std::string described;
  std::string cases;
  for (const VerbFacts& verb : program.verbs) {
    described += fmt::format("    '{}:{}'\n", verb.name, zsh_text(verb.summary));
    cases += zsh_verb(verb);
  }
  return fmt::format(R"sh(#compdef {program}
_aapp_presets_or_files() {{
  local -a presets
  presets=(${{(f)"$({presets})"}})
  compadd -a presets
  _files
}}
{function}() {{
  local -a verbs
  verbs=(
{described}  )
  if (( CURRENT == 2 )); then
    _describe 'command' verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
{cases}  esac
}}
if [[ $funcstack[1] == {function} ]]; then {function} "$@"; else compdef {function} {program}; fi
)sh",
                     fmt::arg("program", program.self.name), fmt::arg("function", "_" + program.self.name),
                     fmt::arg("presets", kPresetNames), fmt::arg("described", described),
                     fmt::arg("cases", cases));
}

std::string fish_completion(const ProgramFacts& program) {
  const std::string complete = "complete -c " + program.self.name;
  std::string text = fmt::format("# fish completion for {}\n", program.self.name);
  for (const OptionFacts& option : program.self.options) {
    text += fish_option(complete + " -n __fish_use_subcommand", option);
  }
  for (const VerbFacts& verb : program.verbs) {
    text += fmt::format("{} -n __fish_use_subcommand -f -a {} -d '{}'\n", complete, verb.name,
                        quoted(verb.summary));
    const std::string inside = fmt::format("{} -n '__fish_seen_subcommand_from {}'", complete, verb.name);
    if (takes_preset(verb)) text += fmt::format("{} -a '({})'\n", inside, kPresetNames);
    for (const OptionFacts& option : verb.options) text += fish_option(inside, option);
  }
  return text;
}

}  // namespace aapp::cli

#include <fmt/format.h>

#include "common/base/exit_code.h"
#include "common/base/version.h"
#include "common/cli/documents.h"

namespace aapp::cli {
namespace {

// Text that roff takes literally: no escapes, no control characters at the start of a line, hyphens that can
// be copied.
std::string roff(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string option_heading(const OptionFacts& option) {
  std::string heading;
  for (const std::string& name : option.names) {
    heading += fmt::format("{}\\fB{}\\fR", heading.empty() ? "" : ", ", roff(name));
  }
  if (option.value_name.empty()) return heading;
  return fmt::format("{}{}\\fI{}\\fR", heading, heading.empty() ? "" : " ", roff(option.value_name));
}

std::string option_entry(const OptionFacts& option) {
  std::string text = option.description;
  if (!option.choices.empty()) text += fmt::format(" ({})", fmt::join(option.choices, ", "));
  return fmt::format(".TP\n{}\n{}\n", option_heading(option), roff(text));
}

std::string synopsis(const std::string& program, const VerbFacts& verb) {
  std::string line = fmt::format("\\fB{} {}\\fR", program, roff(verb.name));
  for (const OptionFacts& argument : verb.positionals) {
    const std::string name =
        fmt::format("\\fI{}\\fR{}", roff(argument.value_name), argument.repeated ? "..." : "");
    line += argument.required ? fmt::format(" {}", name) : fmt::format(" [{}]", name);
  }
  for (const OptionFacts& option : verb.options) {
    if (option.required) line += fmt::format(" {}", option_heading(option));
  }
  return line + " [\\fIoptions\\fR]";
}

std::string verb_section(const std::string& program, const VerbFacts& verb) {
  std::string text =
      fmt::format(".SS {}\n{}\n.PP\n{}\n", roff(verb.name), synopsis(program, verb), roff(verb.summary));
  for (const OptionFacts& argument : verb.positionals) text += option_entry(argument);
  for (const OptionFacts& option : verb.options) text += option_entry(option);
  if (!verb.footer.empty()) text += fmt::format(".PP\n.nf\n{}.fi\n", roff(verb.footer));
  return text;
}

std::string exit_status_section() {
  std::string text = ".SH EXIT STATUS\n.TP\n\\fB0\\fR\ndone\n";
  for (const ExitCode& row : kExitCodes) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", row.code, roff(std::string(row.meaning)));
  }
  return text;
}

}  // namespace

std::string man_page(const ProgramFacts& program) {
  const std::string name = roff(program.self.name);
  std::string page =
      fmt::format(".TH {} 1 \"\" \"aapp {}\" \"User Commands\"\n", name, roff(std::string(version())));
  page += fmt::format(".SH NAME\n{} \\- {}\n", name, roff(program.self.summary));
  page += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR \\fIcommand\\fR [\\fIoptions\\fR]\n.SH OPTIONS\n", name);
  for (const OptionFacts& option : program.self.options) page += option_entry(option);
  page += ".SH COMMANDS\n";
  for (const VerbFacts& verb : program.verbs) page += verb_section(name, verb);
  return page + exit_status_section();
}

}  // namespace aapp::cli

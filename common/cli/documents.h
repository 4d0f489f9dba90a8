// The documents that a program prints about itself: the manual page and the shell completions, generated from
// the tree of options that also prints --help, so that they cannot differ from it.
#pragma once

#include <string>

#include "common/cli/option_tree.h"

namespace aapp::cli {

// roff for man(1), section 1.
std::string man_page(const ProgramFacts& program);

std::string bash_completion(const ProgramFacts& program);
std::string zsh_completion(const ProgramFacts& program);
std::string fish_completion(const ProgramFacts& program);

}  // namespace aapp::cli

// The small files of testdata/, which testdata/make_testdata.py made.
#pragma once

#include <string>

#include "tests/support/source_tree.h"

namespace aapp::test {

inline std::string testdata(const std::string& name) {
  return source_path("testdata/" + name);
}

}  // namespace aapp::test

// A page of pictures, tables and remarks as one self-contained HTML file: no network, readable without
// script, printed, by keyboard and by screen reader, in light and dark.
#pragma once

#include <string>
#include <vector>

#include "analyze/report/plot.h"

namespace aapp::report {

struct Table {
  std::string caption{};
  std::vector<std::string> head{};
  std::vector<std::vector<std::string>> rows{};
};

// Sound to listen to, inside the page.
struct Player {
  std::string label{};
  std::string mime_type{};
  std::string bytes{};  // of an audio file
};

// Parts that are empty are left out. All text is plain text; the page escapes it.
struct Section {
  std::string id{};
  std::string title{};
  std::vector<std::string> remarks{};
  std::vector<Table> tables{};
  std::vector<Player> players{};
  std::vector<Plot> plots{};
};

struct Page {
  std::string title{};
  std::string lead{};  // a sentence or two under the title
  std::vector<Section> sections{};
  std::string footer{};
};

std::string format_page(const Page& page);

}  // namespace aapp::report

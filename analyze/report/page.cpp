#include "analyze/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

#include "analyze/report/page_assets.h"
#include "analyze/report/plot_data.h"
#include "analyze/report/plot_svg.h"

namespace aapp::report {
namespace {

using Text = std::back_insert_iterator<std::string>;

// JSON inside a script element: a "<" could end the element, or open a comment in it.
std::string script_safe(std::string_view json) {
  std::string safe;
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

void write_plot(Text out, const Plot& plot) {
  fmt::format_to(out, "<figure class=\"plot\"><h3>{}</h3><div class=\"tools\">", escape_markup(plot.title));
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    fmt::format_to(out,
                   "<button type=\"button\" data-series=\"{}\" aria-pressed=\"true\" class=\"{}\"><span "
                   "class=\"swatch\"></span>{}</button>",
                   i, role_name(plot.series[i].role), escape_markup(plot.series[i].name));
  }
  fmt::format_to(out,
                 "<button type=\"button\" data-action=\"reset\">whole range</button>"
                 "<button type=\"button\" data-save=\"csv\">CSV</button>"
                 "<button type=\"button\" data-save=\"json\">JSON</button></div>{}"
                 "<div class=\"values\" role=\"status\"></div><figcaption>{}</figcaption>"
                 "<script type=\"application/json\">{}</script></figure>\n",
                 plot_svg(plot), escape_markup(plot.summary), script_safe(plot_json(plot)));
}

void write_table(Text out, const Table& table) {
  fmt::format_to(out,
                 "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                 "aria-label=\"{0}\"><table><caption>{0}</caption><thead><tr>",
                 escape_markup(table.caption));
  for (const std::string& cell : table.head)
    fmt::format_to(out, "<th scope=\"col\">{}</th>", escape_markup(cell));
  fmt::format_to(out, "</tr></thead><tbody>");
  for (const auto& row : table.rows) {
    fmt::format_to(out, "<tr>");
    for (const std::string& cell : row) fmt::format_to(out, "<td>{}</td>", escape_markup(cell));
    fmt::format_to(out, "</tr>");
  }
  fmt::format_to(out, "</tbody></table></div>\n");
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t there = std::min<std::size_t>(3, bytes.size() - at);
    unsigned value = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      value = value << 8U | (i < there ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= there ? kDigits[value >> (18U - 6U * digit) & 63U] : '=';
    }
  }
  return text;
}

void write_player(Text out, const Player& player) {
  fmt::format_to(
      out,
      "<div class=\"player\"><span>{0}</span><audio controls preload=\"metadata\" aria-label=\"{0}\" "
      "src=\"data:{1};base64,{2}\"></audio></div>\n",
      escape_markup(player.label), player.mime_type, base64(player.bytes));
}

void write_section(Text out, const Section& section) {
  fmt::format_to(out, "<section aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n", section.id,
                 escape_markup(section.title));
  if (!section.remarks.empty()) {
    fmt::format_to(out, "<ul class=\"remarks\">");
    for (const std::string& remark : section.remarks)
      fmt::format_to(out, "<li>{}</li>", escape_markup(remark));
    fmt::format_to(out, "</ul>\n");
  }
  for (const Table& table : section.tables) write_table(out, table);
  for (const Player& player : section.players) write_player(out, player);
  if (!section.plots.empty()) {
    fmt::format_to(out, "<div class=\"plots\">");
    for (const Plot& plot : section.plots) write_plot(out, plot);
    fmt::format_to(out, "</div>\n");
  }
  fmt::format_to(out, "</section>\n");
}

}  // namespace

std::string format_page(const Page& page) {
  std::string html;
  const Text out(html);
  // The policy makes the promise "nothing leaves this page" one that the browser keeps.
  fmt::format_to(
      out,
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'unsafe-inline'; img-src data:; media-src data:\">"
      "<link rel=\"icon\" href=\"data:,\"><title>{0}</title><style>{1}{2}</style></head><body>\n"
      "<a class=\"skip\" href=\"#content\">Skip to the pictures</a>"
      "<header><h1>{0}</h1><p>{3}</p></header><main id=\"content\">\n",
      escape_markup(page.title), page_style(), plot_style(), escape_markup(page.lead));
  for (const Section& section : page.sections) write_section(out, section);
  fmt::format_to(out, "</main><footer>{}</footer>\n<script>{}</script></body></html>\n",
                 escape_markup(page.footer), page_script());
  return html;
}

}  // namespace aapp::report

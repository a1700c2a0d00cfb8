#include "loadgen/report_html/memory_ledger.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "loadgen/figure_text.h"
#include "loadgen/report_html/axis.h"
#include "loadgen/report_html/plot.h"

namespace loadgen {

namespace {

struct Entry {
  std::string_view name;
  double before = 0;
  double connected = 0;
  double after = 0;
  bool in_sum = true;

  double grown() const { return after - before; }
};

double number(std::uint64_t value) { return static_cast<double>(value); }

Entry of_process(std::string_view name, const ProcessReport& process) {
  const double before = number(process.memory_before.resident);
  const double connected = number(process.memory_connected.resident);
  return {.name = name,
          .before = before,
          .connected = connected > 0 ? connected : before,
          .after = number(process.memory_after.resident)};
}

template <typename Figure>
Entry of_host(std::string_view name, const HostReport& host, Figure figure) {
  const double before = figure(host.memory_before);
  const double connected = figure(host.memory_connected);
  return {.name = name,
          .before = before,
          .connected = connected > 0 ? connected : before,
          .after = figure(host.memory_after)};
}

std::vector<Entry> entries_of(const Report& report) {
  std::vector<Entry> entries;
  // In the order of the plots, so that each has the colour that it has there.
  entries.push_back(of_process("client, user space", report.client));
  if (report.server) entries.push_back(of_process("server, user space", *report.server));
  const HostReport& host = report.host;
  const bool knows_sockets = host.memory_before.slab_sockets > 0;
  if (knows_sockets) {
    entries.push_back(of_host("kernel slab: sockets", host,
                              [](const HostMemory& m) { return number(m.slab_sockets); }));
  }
  entries.push_back(of_host(knows_sockets ? "kernel slab: the rest" : "kernel slab", host,
                            [](const HostMemory& m) { return number(m.slab - m.slab_sockets); }));
  entries.push_back(of_host("TCP buffers, in slab or in pages", host,
                            [](const HostMemory& m) { return number(m.tcp_buffers); }));
  entries.back().in_sum = false;
  entries.push_back(of_host("host: memory available", host,
                            [](const HostMemory& m) { return number(m.available); }));
  entries.back().in_sum = false;
  return entries;
}

// ---- The picture --------------------------------------------------------------------------------

void add_bar(std::string& svg, const std::vector<Entry>& entries, const Axis& axis, double top,
             std::string_view name, bool at_end) {
  constexpr double kHeight = 30;
  svg +=
      fmt::format("<text class=\"end strong\" x=128 y={}>{}</text>", top + kHeight / 2 + 5, name);
  double from = 0;
  for (std::size_t i = 0; i < entries.size() && entries[i].in_sum; ++i) {
    const Entry& entry = entries[i];
    const double grown = std::max(0.0, (at_end ? entry.after : entry.connected) - entry.before);
    const double left = axis.place(from);
    from += grown;
    // A gap of one between neighbours tells them apart without their colours.
    const double width = axis.place(from) - left - 1;
    if (width <= 0) continue;
    svg += fmt::format(
        "<rect class=\"fill c{}\" x={:.1f} y={} width={:.1f} height={} rx=2><title>{}: {}</title>"
        "</rect>",
        i, left, top, width, kHeight, entry.name, bytes_text(grown));
  }
  svg += fmt::format("<text x={:.1f} y={}>{}</text>", axis.place(from) + 8, top + kHeight / 2 + 5,
                     bytes_text(from));
}

std::string picture(const std::vector<Entry>& entries) {
  double connected = 0;
  double after = 0;
  for (const Entry& entry : entries) {
    if (!entry.in_sum) continue;
    connected += std::max(0.0, entry.connected - entry.before);
    after += std::max(0.0, entry.grown());
  }
  constexpr double kFrom = 140;
  constexpr double kTo = 880;  // Leaves place for the sum behind the longest bar.
  Axis axis{.from = kFrom, .to = kTo, .ticks = {}};
  axis.high = std::max({connected, after, 1.0});
  std::string svg =
      "<svg viewBox=\"0 0 1000 92\" role=img aria-label=\"growth of memory\" data-ledger>";
  add_bar(svg, entries, axis, 8, "connected", false);
  add_bar(svg, entries, axis, 52, "at the end", true);
  svg += "</svg>";
  std::string html =
      "<figure id=ledger><figcaption>Memory taken since before the first connect"
      "</figcaption><ul class=legend>";
  for (std::size_t i = 0; i < entries.size() && entries[i].in_sum; ++i) {
    html += fmt::format("<li><i class=\"box fill c{}\"></i>{}</li>", i, entries[i].name);
  }
  return html + "</ul><div class=wide>" + svg + "</div></figure>\n";
}

std::string row(const Entry& entry, double connections) {
  std::string html = fmt::format(
      "<tr><th>{}</th><td class=number>{}</td><td class=number>{}</td><td class=number>{}</td>"
      "<td class=number>{}{}</td>",
      entry.name, bytes_text(entry.before), bytes_text(entry.connected), bytes_text(entry.after),
      entry.grown() > 0 ? "+" : "", bytes_text(entry.grown()));
  html += connections > 0
              ? fmt::format("<td class=number>{:.0f} B</td></tr>", entry.grown() / connections)
              : std::string("<td class=number>–</td></tr>");
  return html;
}

}  // namespace

std::string memory_ledger_html(const Report& report) {
  const std::vector<Entry> entries = entries_of(report);
  const double connections = number(report.connections_open_at_stop);
  std::string html = "<h2>Memory ledger</h2>\n" + picture(entries);
  html +=
      "<div class=\"card scroll\" style=\"margin-top:.75rem\"><table id=memory-table><thead><tr>"
      "<th></th><th class=number>before</th><th class=number>connected</th>"
      "<th class=number>at the end</th><th class=number>grown</th>"
      "<th class=number>per connection</th></tr></thead><tbody>";
  for (const Entry& entry : entries) html += row(entry, connections);
  html += "</tbody></table></div>\n";
  return html +
         "<p class=note>The kernel's part and the last line are the whole host's: of both sides "
         "where both run here, and of whatever else did.</p>\n";
}

}  // namespace loadgen

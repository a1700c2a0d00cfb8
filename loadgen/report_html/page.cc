#include "loadgen/report_html/page.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "loadgen/report_html/html_text.h"

namespace loadgen {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark;
  --page: #f6f6f3; --card: #fff; --ink: #1c1c1a; --soft: #62615c; --line: #dddcd5;
  --good: #1a7f37; --bad: #c62828; --care: #8a5a00; --care-back: #fff6df;
  --c0: #2a78d6; --c1: #d9622b; --c2: #17936b; --c3: #7a57c9;
  --h0: #dbe9fa; --h1: #bcd6f5; --h2: #97c0ee; --h3: #6fa6e4; --h4: #4a8bd6; --h5: #2f70bd;
  --h6: #1e5699; --h7: #123a6b; --o0: #1c1c1a; --o1: #d9622b; }
@media (prefers-color-scheme: dark) { :root {
  --page: #161615; --card: #1f1f1d; --ink: #ecebe6; --soft: #a3a29b; --line: #3a3935;
  --good: #4cc26b; --bad: #ff7b72; --care: #e6b450; --care-back: #2d2614;
  --c0: #5598e7; --c1: #e8814f; --c2: #2fb98a; --c3: #a68af0;
  --h0: #14294a; --h1: #1a3a68; --h2: #204c88; --h3: #2b62aa; --h4: #3f7cc8; --h5: #6199dd;
  --h6: #92bbec; --h7: #cfe2fa; --o0: #ecebe6; --o1: #ff9a62; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1200px; padding: 1.5rem 1rem 3rem; background: var(--page);
       color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
.sub { color: var(--soft); margin: .25rem 0 1rem; overflow-wrap: anywhere; }
.badge { font-weight: 700; padding: .15rem .7rem; border-radius: 1rem; border: 2px solid; }
.good { color: var(--good); } .bad { color: var(--bad); } .care { color: var(--care); }
.card, figure, .tiles > div { background: var(--card); border: 1px solid var(--line);
  border-radius: .6rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.2rem, 1fr)); gap: .75rem; }
.tiles > div { padding: .7rem .8rem; }
.tiles b { display: block; font-size: 1.2rem; white-space: nowrap;
  line-height: 1.3; font-weight: 650; }
.tiles span, .note, .soft { color: var(--soft); font-size: .85rem; }
.remarks { margin: 1rem 0 0; padding: .6rem 1rem .6rem 2rem; border-radius: .6rem;
  background: var(--care-back); border: 1px solid var(--line); }
.remarks.bad { background: var(--card); color: inherit; border-color: var(--bad); }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .75rem; }
figure { margin: 0; padding: .8rem 1rem; min-width: 0; position: relative; }
figcaption { font-weight: 600; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .1rem 0 .3rem;
  padding: 0; color: var(--soft); font-size: .85rem; min-height: 1.5em; }
.key { display: inline-block; width: 1rem; height: 0; border-top: 3px solid; border-radius: 2px;
  margin-right: .4rem; vertical-align: .25em; }
.box { display: inline-block; width: .8rem; height: .8rem; vertical-align: -.1em; }
.legend > li > .box:first-child:last-of-type { margin-right: .4rem; border-radius: 2px; }
.note { margin: .3rem 0 0; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 12.5px system-ui, sans-serif;
  font-variant-numeric: tabular-nums; }
.end { text-anchor: end; } .middle { text-anchor: middle; } .strong { font-weight: 600; }
svg text.strong { fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; fill: none; }
.axis, .tick { stroke: var(--soft); stroke-width: 1; fill: none; }
.line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
.cursor { stroke: var(--soft); stroke-dasharray: 3 3; visibility: hidden; fill: none; }
.outside { fill: var(--soft); background: var(--soft); opacity: .13; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); }
.c3 { color: var(--c3); } .o0 { color: var(--o0); } .o1 { color: var(--o1); }
.fill { fill: currentColor; } i.fill { background: currentColor; }
.h0 { fill: var(--h0); background: var(--h0); } .h1 { fill: var(--h1); background: var(--h1); }
.h2 { fill: var(--h2); background: var(--h2); } .h3 { fill: var(--h3); background: var(--h3); }
.h4 { fill: var(--h4); background: var(--h4); } .h5 { fill: var(--h5); background: var(--h5); }
.h6 { fill: var(--h6); background: var(--h6); } .h7 { fill: var(--h7); background: var(--h7); }
.scroll { overflow-x: auto; padding: .2rem 1rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: .85rem; }
.narrow { width: auto; } .narrow th, .narrow td { padding-right: 2rem; }
.number { text-align: right; white-space: nowrap; }
.number + :not(.number) { padding-left: .75rem; }
th { font-weight: 500; } code { font: .85em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
#tip { position: absolute; pointer-events: none; z-index: 1; background: var(--card);
  border: 1px solid var(--line); border-radius: .4rem; padding: .3rem .6rem; font-size: .85rem;
  box-shadow: 0 2px 8px #0003; white-space: nowrap; visibility: hidden; }
@media (max-width: 760px) { .plots { grid-template-columns: minmax(0, 1fr); }
  body { padding: 1rem .6rem 2rem; } figure { padding: .7rem .5rem; }
  .wide { overflow-x: auto; } .wide svg { min-width: 640px; } tbody th { min-width: 8.5rem; }
  svg text { font-size: 18px; } svg .sparse { display: none; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
)css";

constexpr std::string_view kScript = R"js(
const plots = JSON.parse(document.getElementById('hover').textContent);
const tip = document.createElement('div');
tip.id = 'tip';
function nearest(list, value) {
  let best = 0;
  for (let i = 1; i < list.length; i++) {
    if (Math.abs(list[i] - value) < Math.abs(list[best] - value)) best = i;
  }
  return best;
}
function fill(plot, index) {
  const head = document.createElement('div');
  head.className = 'strong';
  head.textContent = plot.label[index];
  tip.replaceChildren(head, ...plot.rows.map((row) => {
    const line = document.createElement('div');
    const key = document.createElement('i');
    key.className = 'key ' + row.class;
    line.append(key, row.text[index] + '  ' + row.name);
    return line;
  }));
}
for (const svg of document.querySelectorAll('svg[data-plot]')) {
  const plot = plots[svg.dataset.plot];
  if (!plot || plot.x.length === 0) continue;
  const cursor = svg.querySelector('.cursor');
  const figure = svg.closest('figure');
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    const frame = figure.getBoundingClientRect();
    const scale = box.width / svg.viewBox.baseVal.width;
    const index = nearest(plot.x, (event.clientX - box.left) / scale);
    fill(plot, index);
    figure.append(tip);
    cursor.setAttribute('transform', `translate(${plot.x[index]} 0)`);
    cursor.style.visibility = tip.style.visibility = 'visible';
    const x = box.left - frame.left + plot.x[index] * scale;
    const left = x + 12 + tip.offsetWidth > frame.width ? x - 12 - tip.offsetWidth : x + 12;
    tip.style.left = Math.max(0, left) + 'px';
    tip.style.top = (box.top - frame.top + 12) + 'px';
  });
  svg.addEventListener('pointerleave', () => {
    cursor.style.visibility = tip.style.visibility = 'hidden';
  });
}
)js";

}  // namespace

std::string html_page(std::string_view title, const std::string& body,
                      const nlohmann::ordered_json& hover) {
  using Json = nlohmann::ordered_json;
  std::string html = "<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n";
  html +=
      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=icon href=\"data:,\">\n";
  html += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
                      html_escaped(title), kStyle);
  html += body;
  const std::string data = hover.dump(-1, ' ', false, Json::error_handler_t::replace);
  html += "<script type=application/json id=hover>" + script_escaped(data) + "</script>\n";
  return html + fmt::format("<script>{}</script>\n</body>\n</html>\n", kScript);
}

}  // namespace loadgen

#include "app/web/live_page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <string>

#include "base/check.h"

namespace app {

namespace {

constexpr std::string_view kLivePage = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace live</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; --page: #f4f6f9; --card: #fff; --ink: #17202c; --soft: #5b6878;
          --line: #dde3ea; --grid: #e9edf2; --good: #15803d; --warn: #b45309; --bad: #c0262d;
          --c1: #2563eb; --c2: #0d9488; --c3: #c2410c; --c4: #7c3aed; --c5: #be185d; }
  @media (prefers-color-scheme: dark) {
    :root { --page: #0e131a; --card: #171e28; --ink: #e6ebf2; --soft: #94a1b3; --line: #27313e;
            --grid: #212b37; --good: #4ade80; --warn: #fbbf24; --bad: #f87171; --c1: #60a5fa;
            --c2: #2dd4bf; --c3: #fb923c; --c4: #a78bfa; --c5: #f472b6; }
  }
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  body { margin: 0; background: var(--page); color: var(--ink);
         font: 15px/1.45 system-ui, "Segoe UI", sans-serif; font-variant-numeric: tabular-nums; }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .9rem;
           padding: .8rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
  h1 { margin: 0; font-size: 1.15rem; letter-spacing: -.01em; }
  h2 { margin: 0 0 .5rem; font-size: .8rem; font-weight: 600; color: var(--soft); }
  .meta { color: var(--soft); font-size: .85rem; }
  #state { padding: .1rem .65rem; border-radius: 1rem; font-size: .8rem; font-weight: 600;
           border: 1px solid currentColor; color: var(--soft); }
  #state.live { color: var(--good); } #state.late { color: var(--warn); }
  #state.lost { color: var(--bad); }
  #state::before { content: "\25CF"; margin-right: .4rem; font-size: .7em; vertical-align: .1em; }
  main { display: grid; gap: .9rem; padding: .9rem 1.25rem 2rem; max-width: 90rem; margin: 0 auto;
         grid-template-columns: repeat(12, minmax(0, 1fr)); }
  section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
            padding: .8rem 1rem; grid-column: span 6; min-width: 0; }
  .tile { grid-column: span 2; } .third { grid-column: span 4; } .wide { grid-column: span 12; }
  .tile b { display: block; font-size: 1.55rem; line-height: 1.2; font-weight: 650;
            letter-spacing: -.02em; white-space: nowrap; }
  .tile small { color: var(--soft); display: block; min-height: 1.3em; }
  @media (max-width: 72rem) { .tile { grid-column: span 4; } .third { grid-column: span 6; } }
  @media (max-width: 48rem) { section, .third { grid-column: span 12; }
    .tile { grid-column: span 6; } main, header { padding-left: .7rem; padding-right: .7rem; } }
  .legend { display: flex; flex-wrap: wrap; gap: .1rem .9rem; margin: 0 0 .3rem; padding: 0;
            list-style: none; font-size: .82rem; color: var(--soft); }
  .legend i { display: inline-block; width: .75rem; height: .2rem; border-radius: .1rem;
              margin-right: .35rem; vertical-align: .22rem; }
  .legend b { color: var(--ink); font-weight: 600; }
  svg { display: block; width: 100%; height: 9.5rem; border-radius: .3rem; }
  svg text { fill: var(--soft); font-size: 11px; } svg path { fill: none; stroke-width: 1.75; }
  svg .grid { stroke: var(--grid); } svg .cursor { stroke: var(--soft); stroke-dasharray: 3 3; }
  :focus-visible { outline: 2px solid var(--c1); outline-offset: 2px; }
  .scroll { overflow-x: auto; }
  table { width: 100%; border-collapse: collapse; font-size: .88rem; }
  th { text-align: left; font-weight: 500; color: var(--soft); font-size: .8rem; }
  th, td { padding: .28rem .6rem .28rem 0; border-bottom: 1px solid var(--grid); }
  tr:last-child td { border-bottom: 0; }
  .number { text-align: right; white-space: nowrap; }
  td.name { max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  td.meter { width: 30%; }
  .track { display: block; height: .5rem; border-radius: .25rem; background: var(--grid);
           overflow: hidden; min-width: 3rem; }
  .track i { display: block; height: 100%; border-radius: .25rem; background: var(--c1); }
  .none { color: var(--soft); }
  #ask { grid-column: span 12; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
  #form { display: flex; flex: 1; gap: .6rem; }
  input, button { font: inherit; color: inherit; padding: .4rem .7rem; border-radius: .4rem;
                  border: 1px solid var(--line); background: var(--page); }
  input { flex: 1; min-width: 0; max-width: 28rem; }
  button { background: var(--c1); border-color: transparent; color: #fff; cursor: pointer; }
  @media (prefers-color-scheme: dark) { button { color: #0e131a; } }
</style>
</head>
<body>
<header>
  <h1>Millrace</h1><span id="state" role="status">connecting</span>
  <span class="meta" id="uptime"></span><span class="meta" id="version"></span>
</header>
<main>
  <section id="ask" hidden>
    <label for="key">The figures need an API key.</label>
    <form id="form"><input id="key" type="password" autocomplete="off" required>
    <button>Show</button></form><span class="meta" id="refused"></span>
  </section>
  <section class="tile"><h2>Connections</h2><b id="connections">–</b>
    <small id="connections-of"></small></section>
  <section class="tile"><h2>Messages in</h2><b id="in">–</b><small>per second</small></section>
  <section class="tile"><h2>Deliveries</h2><b id="deliveries">–</b>
    <small>per second</small></section>
  <section class="tile"><h2>Delivery p99</h2><b id="p99">–</b><small id="p50"></small></section>
  <section class="tile"><h2>Memory</h2><b id="memory">–</b><small id="level"></small></section>
  <section class="tile"><h2>Errors</h2><b id="errors-rate">–</b><small id="errors-all"></small>
  </section>
  <section id="chart-connections"><h2>Connections</h2></section>
  <section id="chart-messages"><h2>Messages per second</h2></section>
  <section id="chart-latency"><h2>Latency p99 by stage</h2></section>
  <section id="chart-bytes"><h2>Bytes per second</h2></section>
  <section class="third"><h2>Latency by stage</h2><table id="stages"></table></section>
  <section class="third"><h2>Memory ledger</h2><table id="ledger"></table></section>
  <section class="third"><h2>Shards</h2><table id="shards"></table></section>
  <section class="third"><h2>Largest rooms</h2><div class="scroll"><table id="rooms"></table></div>
  </section>
  <section class="third"><h2>Slowest connections</h2>
    <div class="scroll"><table id="slowest"></table></div></section>
  <section class="third"><h2>Errors and refusals</h2><table id="errors"></table></section>
</main>
<script>
'use strict';
const SAMPLES_MAX = 300;  // Five minutes.
const STAGES = ['receive', 'route', 'ring', 'queue', 'write'];
const $ = (id) => document.getElementById(id);
const color = (index) => `var(--c${index % 5 + 1})`;
const samples = [];  // What was read, with its rates, oldest first.
let cursor = null;   // How many samples back the reader points.
let answered = 0;    // When the last answer came.
let requested = false;

// ---- Numbers as text ----
const compact = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});
const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
function count(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  return Math.abs(value) < 1e6 ? whole.format(value) : compact.format(value);
}
function bytes(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; ++unit; }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
function micros(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  const three = (number) => new Intl.NumberFormat('en', {maximumSignificantDigits: 3})
    .format(number);
  if (value < 1000) return `${three(value)} µs`;
  return value < 1e6 ? `${three(value / 1000)} ms` : `${three(value / 1e6)} s`;
}
function duration(seconds) {
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${Math.floor(seconds % 60)} s`;
}

// ---- Samples ----
function sum(counters) { return Object.values(counters || {}).reduce((all, one) => all + one, 0); }
function add(figures) {
  const last = samples[samples.length - 1];
  const seconds = last ? (figures.time - last.figures.time) / 1000 : 0;
  if (last && seconds === 0) return;
  // A server that was started anew counts from zero again.
  const follows = last && seconds > 0 && figures.uptime_s >= last.figures.uptime_s;
  const rate = {};
  for (const [name, total] of Object.entries(figures.rates)) {
    rate[name] = follows ? Math.max(0, total - last.figures.rates[name]) / seconds : null;
  }
  rate.errors = follows ? Math.max(0, sum(figures.errors) - sum(last.figures.errors)) / seconds
                        : null;
  samples.push({figures, rate});
  if (samples.length > SAMPLES_MAX) samples.shift();
}

// ---- Charts: SVG, one unit a pixel; arrow keys or a pointer read the past ----
const SVG = 'http://www.w3.org/2000/svg';
function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.append(made);
  return made;
}
// A scale turns values into parts of the height and names the parts that get a line.
function linear(highest, base = 10) {
  const power = highest > 0 ? base ** Math.floor(Math.log(highest) / Math.log(base)) : 1;
  const steps = base === 10 ? [1, 2, 4, 6, 8, 10] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
  const top = power * (steps.find((step) => step * power >= highest * .999) ?? base);
  return {part: (value) => value / top, marks: [0, top / 2, top]};
}
const binary = (highest) => linear(highest, 1024);
function logarithmic(highest) {  // From a microsecond on, for stages of very different lengths.
  const powers = Math.max(2, Math.ceil(Math.log10(Math.max(1, highest))));
  const marks = Array.from({length: powers + 1}, (_, power) => 10 ** power);
  return {part: (value) => Math.log10(Math.max(1, value)) / powers, marks};
}
function chart(id, format, scale, lines) {
  const section = $(id);
  const legend = section.appendChild(document.createElement('ul'));
  legend.className = 'legend';
  const values = lines.map((line, index) => {
    const item = legend.appendChild(document.createElement('li'));
    const mark = item.appendChild(document.createElement('i'));
    mark.style.background = color(index);
    item.append(line.name + ' ');
    return item.appendChild(document.createElement('b'));
  });
  const svg = element('svg', {role: 'img', tabindex: 0}, section);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect();
    point(Math.round((1 - (event.clientX - box.left) / box.width) * (SAMPLES_MAX - 1)));
  });
  svg.addEventListener('pointerleave', () => point(null));
  svg.addEventListener('blur', () => point(null));
  svg.addEventListener('keydown', (event) => {
    const step = {ArrowLeft: 5, ArrowRight: -5}[event.key];
    if (!step && event.key !== 'Escape') return;
    event.preventDefault();
    point(step ? (cursor || 0) + step : null);
  });
  return () => draw(section, svg, {format, scale, lines}, values);
}
function draw(section, svg, {format, scale, lines}, values) {
  const width = svg.clientWidth || 600, height = svg.clientHeight || 150;
  const left = 56, bottom = 18, head = 8;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const read = lines.map((line) => samples.map(line.value));
  const {part, marks} = scale(Math.max(0, ...read.flat().filter((value) => value !== null)));
  const x = (back) => width - 4 - (width - left - 8) * back / (SAMPLES_MAX - 1);
  const y = (value) => height - bottom - (height - bottom - head) * Math.min(1, part(value));
  for (const mark of marks) {
    const at = y(mark);
    element('line', {class: 'grid', x1: left, x2: width, y1: at, y2: at}, svg);
    const label = element('text', {x: left - 6, y: at + 4, 'text-anchor': 'end'}, svg);
    label.textContent = format(mark);
  }
  for (const minutes of [4, 3, 2, 1]) {
    const at = x(minutes * 60);
    const label = element('text', {x: at, y: height - 4, 'text-anchor': 'middle'}, svg);
    label.textContent = `−${minutes} min`;
  }
  read.forEach((line, index) => {
    let path = '', pen = 'M';
    line.forEach((value, at) => {
      if (value === null) { pen = 'M'; return; }
      path += `${pen}${x(line.length - 1 - at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    });
    element('path', {d: path, 'stroke-linejoin': 'round'}, svg).style.stroke = color(index);
  });
  const back = cursor === null ? 0 : Math.min(cursor, samples.length - 1);
  if (cursor !== null) {
    const at = x(back);
    element('line', {class: 'cursor', x1: at, x2: at, y1: head, y2: height - bottom}, svg);
  }
  const said = lines.map((line, index) => {
    const value = read[index][read[index].length - 1 - back];
    values[index].textContent = value === null || value === undefined ? '–' : format(value);
    return `${line.name} ${values[index].textContent}`;
  });
  const when = cursor === null ? 'now' : `${back} s ago`;
  svg.setAttribute('aria-label', `${section.firstElementChild.textContent}, ${when}: ${said}`);
}
const rate = (name, field) => ({name, value: (sample) => sample.rate[field]});
const charts = [
  chart('chart-connections', count, linear, [
    {name: 'open', value: (sample) => sample.figures.connections}]),
  chart('chart-messages', count, linear, [
    rate('in', 'messages_in'), rate('out', 'messages_out'), rate('deliveries', 'deliveries')]),
  chart('chart-latency', micros, logarithmic, STAGES.map((stage) => (
    {name: stage, value: (sample) => sample.figures.latency[stage]?.p99_us ?? null}))),
  chart('chart-bytes', bytes, binary, [rate('in', 'bytes_in'), rate('out', 'bytes_out')]),
];
function point(back) {
  cursor = back === null ? null : Math.max(0, Math.min(back, samples.length - 1));
  if (samples.length > 0) charts.forEach((show) => show());
}

// ---- Tables ----
function meter(share) {
  const track = document.createElement('span');
  track.className = 'track';
  const bar = track.appendChild(document.createElement('i'));
  const part = Math.max(0, Math.min(1, share));
  bar.style.width = `${(part * 100).toFixed(1)}%`;
  bar.style.background = `var(--${part > .9 ? 'bad' : part > .75 ? 'warn' : 'c1'})`;
  return track;
}
// Columns are names of classes; what peers have chosen only ever becomes text.
function table(id, head, classes, rows) {
  const line = (cells, tag) => {
    const row = document.createElement('tr');
    cells.forEach((cell, index) => {
      const made = row.appendChild(document.createElement(tag));
      made.className = classes[index];
      made.append(cell);
      if (classes[index] === 'name' && typeof cell === 'string') made.title = cell;
    });
    return row;
  };
  const body = rows.map((row) => line(row, 'td'));
  if (rows.length === 0) {
    const none = document.createElement('td');
    none.className = 'none';
    none.colSpan = head.length;
    none.textContent = 'none';
    body.push(document.createElement('tr'));
    body[0].append(none);
  }
  $(id).replaceChildren(line(head, 'th'), ...body);
}
function show_tables(figures) {
  table('stages', ['stage', 'p50', 'p99', ''], ['name', 'number', 'number', 'meter'],
        STAGES.filter((stage) => figures.latency[stage]).map((stage) => {
          const {p50_us, p99_us} = figures.latency[stage];
          // From a microsecond to a second, each power of ten as long as the other.
          return [stage, micros(p50_us), micros(p99_us), meter(Math.log10(p99_us + 1) / 6)];
        }));
  const memory = figures.memory;
  const budget = memory.budget_bytes;
  const share = (value) => budget > 0 ? meter(value / budget) : '';
  table('ledger', ['', 'bytes', 'of the budget'], ['name', 'number', 'meter'], [
    ['resident', bytes(memory.resident_bytes), share(memory.resident_bytes)],
    ['held for messages', bytes(memory.held_bytes), share(memory.held_bytes)],
    ['budget', budget > 0 ? bytes(budget) : 'none', ''],
    ['per connection, user space', bytes(memory.user_bytes_per_connection), ''],
    ['per connection, kernel', bytes(memory.kernel_bytes_per_connection), '']]);
  table('shards', ['shard', 'connections', 'busy', ''], ['name', 'number', 'number', 'meter'],
        figures.shards.map((shard, index) => [
          String(index), count(shard.connections), `${(shard.busy_share * 100).toFixed(0)} %`,
          meter(shard.busy_share)]));
  table('rooms', ['tenant', 'room', 'members'], ['name', 'name', 'number'],
        figures.rooms.map((room) => [room.tenant, room.name, count(room.members)]));
  table('slowest', ['connection', 'user', 'waiting', 'rtt'], ['name', 'name', 'number', 'number'],
        figures.slowest.map((one) => [
          one.id, one.tenant ? `${one.tenant}/${one.user}` : one.user, bytes(one.pending_bytes),
          one.rtt_ms === null || one.rtt_ms < 0 ? '–' : micros(one.rtt_ms * 1000)]));
  const totals = (counters, kind) => Object.entries(counters || {}).filter(([, total]) => total > 0)
    .map(([name, total]) => [name, kind, count(total)]);
  table('errors', ['code', 'kind', 'total'], ['name', 'name', 'number'],
        [...totals(figures.errors, 'event'), ...totals(figures.auth_failures, 'authentication')]);
}
function show_tiles({figures, rate}) {
  $('connections').textContent = count(figures.connections);
  $('connections-of').textContent = `of ${count(figures.connections_limit)}`;
  $('in').textContent = count(rate.messages_in);
  $('deliveries').textContent = count(rate.deliveries);
  const stages = STAGES.map((stage) => figures.latency[stage]).filter(Boolean);
  $('p99').textContent = micros(Math.max(...stages.map((stage) => stage.p99_us)));
  $('p50').textContent = 'of the slowest stage';
  $('memory').textContent = bytes(figures.memory.resident_bytes);
  $('level').textContent = figures.memory.level ? `level ${figures.memory.level}` : '';
  $('errors-rate').textContent = rate.errors === null ? '–'
    : `${rate.errors < 10 ? rate.errors.toFixed(1) : count(rate.errors)}/s`;
  $('errors-all').textContent = `${count(sum(figures.errors))} in all`;
  $('uptime').textContent = `up ${duration(figures.uptime_s)}`;
  $('version').textContent = `version ${figures.version}`;
}

// ---- Asking ----
function state(name, text) {
  // Assigned only when it changes, or a screen reader would say it each second.
  if ($('state').textContent !== text) $('state').textContent = text;
  $('state').className = name;
}
function stored_key() { return sessionStorage.getItem('millrace-key'); }
function show(figures) {
  add(figures);
  answered = Date.now();
  state(figures.draining ? 'late' : 'live', figures.draining ? 'draining' : 'live');
  show_tiles(samples[samples.length - 1]);
  show_tables(figures);
  charts.forEach((draw_it) => draw_it());
}
function ask_for_key(text) {
  state('late', 'needs a key');
  $('refused').textContent = text;
  if ($('ask').hidden) { $('ask').hidden = false; $('key').focus(); }
}
async function ask() {
  const key = stored_key();
  const options = {cache: 'no-store', signal: AbortSignal.timeout(5000),
                   headers: key ? {Authorization: `Bearer ${key}`} : {}};
  const response = await fetch('live.json', options);
  if (response.status === 401) {
    sessionStorage.removeItem('millrace-key');
    ask_for_key(key ? 'That key is not valid.' : '');
    return false;
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  $('ask').hidden = true;
  show(await response.json());
  return true;
}
async function poll() {
  if (requested) return;
  requested = true;
  try {
    // Without a key there is nothing to ask again for.
    if (!await ask()) return;
  } catch (error) {
    const silent = answered ? ` for ${Math.round((Date.now() - answered) / 1000)} s` : '';
    state('lost', `no answer${silent}`);
  } finally {
    requested = false;
  }
  setTimeout(poll, 1000);
}
$('form').onsubmit = (event) => {
  event.preventDefault();
  sessionStorage.setItem('millrace-key', $('key').value.trim());
  $('key').value = '';
  poll();
};
addEventListener('resize', () => point(cursor));
poll();
</script>
</body>
</html>
)html";

// What is between the first <tag> and its end.
std::string_view content_of(std::string_view tag) {
  const std::string opening = "<" + std::string(tag) + ">";
  const std::size_t begin = kLivePage.find(opening) + opening.size();
  const std::size_t end = kLivePage.find("</" + std::string(tag) + ">", begin);
  CHECK(end != std::string_view::npos);
  return kLivePage.substr(begin, end - begin);
}

// 'sha256-...', as a policy names an inline script or style that it admits.
std::string hash_source(std::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  std::array<unsigned char, 4 * (SHA256_DIGEST_LENGTH / 3 + 1) + 1> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), SHA256_DIGEST_LENGTH);
  CHECK(size > 0);
  return "'sha256-" + std::string(text.begin(), text.begin() + size) + "'";
}

}  // namespace

std::string_view live_page() noexcept { return kLivePage; }

std::string_view live_page_policy() {
  static const std::string kPolicy =
      "default-src 'none'; script-src " + hash_source(content_of("script")) + "; style-src " +
      hash_source(content_of("style")) +
      "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  return kPolicy;
}

}  // namespace app

#include "app/web/chat_page.h"

namespace app {

namespace {

constexpr std::string_view kChatPage = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Millrace room</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; --line: #8884; --accent: #0a7ea4; }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 44rem; height: 100vh; padding: 1rem; display: flex;
         flex-direction: column; gap: .75rem; font: 16px/1.45 system-ui, sans-serif; }
  header { display: flex; align-items: baseline; gap: .75rem; flex-wrap: wrap; }
  h1 { font-size: 1.15rem; margin: 0; }
  #state { color: #888; } #state.open { color: #2e8b57; } #state.closed { color: #c0392b; }
  form { display: flex; gap: .5rem; flex-wrap: wrap; }
  input, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line);
                  border-radius: .4rem; }
  #text { flex: 1; min-width: 10rem; }
  button { background: var(--accent); color: #fff; border-color: transparent; cursor: pointer; }
  button:disabled { opacity: .5; cursor: default; }
  #log { flex: 1; overflow-y: auto; margin: 0; padding: .75rem; list-style: none;
         border: 1px solid var(--line); border-radius: .4rem; }
  #log li { padding: .15rem 0; overflow-wrap: anywhere; }
  #log .who { font-weight: 600; color: var(--accent); } #log .note { color: #888; }
</style>
</head>
<body>
<header><h1>Millrace</h1><span id="state">not connected</span></header>
<form id="join">
  <input id="room" aria-label="Room" value="lobby" maxlength="255" required>
  <input id="name" aria-label="Your name" maxlength="40" required>
  <button>Join</button>
</form>
<ul id="log" aria-live="polite"></ul>
<form id="say">
  <input id="text" aria-label="Message" placeholder="Say something to the room" autocomplete="off">
  <button id="send" disabled>Send</button>
</form>
<script>
  const $ = (id) => document.getElementById(id);
  let socket = null;
  $('name').value = 'guest-' + Math.random().toString(36).slice(2, 6);
  const parameters = new URLSearchParams(location.search);
  for (const field of ['room', 'name']) {
    if (parameters.get(field)) $(field).value = parameters.get(field);
  }
  function show(who, text) {
    const line = document.createElement('li');
    const label = document.createElement('span');
    label.className = who === null ? 'note' : 'who';
    label.textContent = who === null ? text : who + ': ';
    line.append(label);
    if (who !== null) line.append(text);
    $('log').append(line);
    $('log').scrollTop = $('log').scrollHeight;
  }
  function setState(name, text) {
    $('state').className = name;
    $('state').textContent = text;
    $('send').disabled = name !== 'open';
  }
  function receive(event) {
    try {
      const message = JSON.parse(event.data);
      show(String(message.name), String(message.text));
    } catch {
      show('?', String(event.data));
    }
  }
  function join() {
    if (socket) { socket.onclose = null; socket.close(); }
    const room = $('room').value;
    const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
    socket = new WebSocket(scheme + location.host + '/room?room=' + encodeURIComponent(room));
    setState('', 'connecting');
    socket.onopen = () => {
      setState('open', 'in ' + room);
      show(null, 'You joined ' + room + '.');
    };
    socket.onmessage = receive;
    socket.onclose = (event) => {
      setState('closed', 'closed (' + event.code + ')');
      show(null, 'The connection was closed. ' + (event.reason || ''));
    };
  }
  $('join').onsubmit = (event) => { event.preventDefault(); join(); };
  $('say').onsubmit = (event) => {
    event.preventDefault();
    const text = $('text').value;
    if (!text || !socket || socket.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify({ name: $('name').value, text }));
    $('text').value = '';
  };
  join();
</script>
</body>
</html>
)html";

}  // namespace

std::string_view chat_page() noexcept { return kChatPage; }

}  // namespace app

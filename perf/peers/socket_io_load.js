// Drives socket_io_server.js, because millrace-load does not speak Socket.IO. Usage:
//   node socket_io_load.js echo PORT [--connections 200] [--in-flight 1] [--seconds 3] [--pid PID]
//   node socket_io_load.js room PORT [--connections 1000] ...     one room, one publisher
//
// Prints one line of JSON: messages received per second, the server's CPU time per message if its
// PID is given, and whether every message came once and in order. Closed loop: latency is not told,
// since this client is the first to be busy; the server's CPU time per message is what compares.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { io } from "socket.io-client";

const MESSAGE_BYTES = 64;
const TICKS_PER_SECOND = 100; // sysconf(_SC_CLK_TCK) on Linux.

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    connections: { type: "string" },
    "in-flight": { type: "string", default: "1" },
    seconds: { type: "string", default: "3" },
    pid: { type: "string" },
  },
});
const [scenario, port] = positionals;
if (!["echo", "room"].includes(scenario) || !Number(port)) {
  console.error("usage: node socket_io_load.js echo|room PORT [--connections N] [--in-flight N]");
  process.exit(2);
}
const connections = Number(values.connections ?? (scenario === "echo" ? 200 : 1000));
const event = scenario === "echo" ? "echo" : "say";
const publishers = scenario === "echo" ? connections : 1;

function serverTicks() {
  if (values.pid === undefined) return 0;
  const stat = readFileSync(`/proc/${values.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]); // utime, stime
}

const write = (number) => String(number).padEnd(MESSAGE_BYTES, ".");
let received = 0;
let faults = 0;

function open() {
  const query = scenario === "room" ? { room: "room" } : {};
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: ["websocket"], forceNew: true, reconnection: false, query,
  });
  socket.sent = 0;
  socket.due = 0; // The number that must come next.
  socket.on(event, (message) => {
    received += 1;
    if (message !== write(socket.due++)) faults += 1;
    if (socket.publishes && !stopping) say(socket);
  });
  return new Promise((resolve, reject) => {
    socket.on("connect", () => resolve(socket));
    socket.on("connect_error", reject);
  });
}

function say(socket) {
  socket.emit(event, write(socket.sent++));
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

let stopping = false;
const sockets = [];
while (sockets.length < connections) sockets.push(await open());
sockets.slice(0, publishers).forEach((socket) => {
  socket.publishes = true;
  for (let i = 0; i < Number(values["in-flight"]); ++i) say(socket);
});
await pause(1); // Warm-up.
const [ticks, before, started] = [serverTicks(), received, performance.now()];
await pause(Number(values.seconds));
const seconds = (performance.now() - started) / 1000;
const [used, messages] = [serverTicks() - ticks, received - before];
stopping = true;
await pause(0.5); // What is under way comes in.
const sent = sockets.slice(0, publishers).reduce((sum, socket) => sum + socket.sent, 0);
const due = scenario === "echo" ? sent : sent * connections;
console.log(JSON.stringify({
  scenario, connections, in_flight: Number(values["in-flight"]),
  messages_per_second: Math.round(messages / seconds),
  server_cpu_us_per_message:
    values.pid === undefined ? null : Number((used * 1e6 / TICKS_PER_SECOND / messages).toFixed(3)),
  lost: due - received, out_of_order: faults,
}));
sockets.forEach((socket) => socket.disconnect());
process.exit(due === received && faults === 0 && received > 0 ? 0 : 1);

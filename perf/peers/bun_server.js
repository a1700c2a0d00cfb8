// Peer server on Bun: the contract of README.md in this folder. Usage: bun bun_server.js PORT
const MEBIBYTE = 1024 * 1024;

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("usage: bun bun_server.js PORT");
  process.exit(2);
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  development: false,

  fetch(request, server) {
    const url = new URL(request.url);
    let data;
    switch (url.pathname) {
      case "/health":
        return new Response("ok");
      case "/echo":
        data = { rooms: null };
        break;
      case "/room":
        data = { rooms: url.searchParams.getAll("room") };
        break;
      default:
        return new Response("not found", { status: 404 });
    }
    if (server.upgrade(request, { data })) return undefined;
    return new Response("expected a WebSocket upgrade", { status: 426 });
  },

  websocket: {
    perMessageDeflate: false,
    idleTimeout: 0,
    sendPings: false,
    maxPayloadLength: 16 * MEBIBYTE,
    backpressureLimit: 16 * MEBIBYTE,
    closeOnBackpressureLimit: false,

    open(socket) {
      for (const room of socket.data.rooms ?? []) socket.subscribe(room);
    },

    // A string is sent as text and a Buffer as binary, so the opcode is kept.
    message(socket, message) {
      const { rooms } = socket.data;
      if (rooms === null) socket.send(message);
      else server.publish(rooms[0], message); // Includes the sender; socket.publish would not.
    },
  },
});

console.log(`listening on ${server.hostname}:${server.port}`);

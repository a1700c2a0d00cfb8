// Peer server on Node.js and ws: the contract of README.md in this folder. Usage: node
// ws_server.js PORT
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const MEBIBYTE = 1024 * 1024;

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("usage: node ws_server.js PORT");
  process.exit(2);
}

const rooms = new Map(); // Name -> Set of its open sockets.

function serveEcho(socket) {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

// A member of all the rooms named; what it says goes to the first.
function serveRooms(socket, names) {
  for (const name of names) {
    if (!rooms.has(name)) rooms.set(name, new Set());
    rooms.get(name).add(socket);
  }

  socket.on("message", (data, isBinary) => {
    const options = { binary: isBinary };
    for (const member of rooms.get(names[0]) ?? []) member.send(data, options);
  });
  socket.on("close", () => {
    for (const name of names) {
      const members = rooms.get(name);
      members?.delete(socket);
      if (members?.size === 0) rooms.delete(name);
    }
  });
}

const http = createServer((request, response) => {
  const found = request.url === "/health";
  response.writeHead(found ? 200 : 404, { "content-type": "text/plain" });
  response.end(found ? "ok" : "not found");
});

const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: 16 * MEBIBYTE,
});

http.on("upgrade", (request, socket, head) => {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname !== "/echo" && url.pathname !== "/room") {
    socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on("error", () => webSocket.terminate());
    if (url.pathname === "/echo") serveEcho(webSocket);
    else serveRooms(webSocket, url.searchParams.getAll("room"));
  });
});

http.listen(port, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${port}`));

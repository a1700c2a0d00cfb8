// Peer server on Socket.IO: echo and rooms in its own protocol, which only socket_io_load.js of
// this folder drives. Usage: node socket_io_server.js PORT
//
// A client that connects with the query room=R joins R. Event "echo": goes back to its sender as
// "echo". Event "say": goes to everybody in the sender's room, the sender included, as "say".
import { createServer } from "node:http";
import { Server } from "socket.io";

const MEBIBYTE = 1024 * 1024;

const port = Number(process.argv[2]);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  console.error("usage: node socket_io_server.js PORT");
  process.exit(2);
}

const http = createServer((request, response) => {
  const found = request.url === "/health";
  response.writeHead(found ? 200 : 404, { "content-type": "text/plain" });
  response.end(found ? "ok" : "not found");
});

const io = new Server(http, {
  transports: ["websocket"],
  perMessageDeflate: false,
  serveClient: false,
  maxHttpBufferSize: 16 * MEBIBYTE,
  pingInterval: 24 * 3600 * 1000,
});

io.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  if (room !== undefined) socket.join(room);
  socket.on("echo", (message) => socket.emit("echo", message));
  socket.on("say", (message) => io.to(room).emit("say", message));
});

http.listen(port, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${port}`));

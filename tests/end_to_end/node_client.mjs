// millrace as Node's `ws` package sees it. Run by node_client_test.py, which starts the millrace
// that MILLRACE_URL names.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { test } from "node:test";

import WebSocket from "ws";

const url = process.env.MILLRACE_URL;
const timeout = 60_000; // Of each test, so that none hangs.
const sizes = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20];

// A client that keeps what it receives, so that no message is missed between two awaits.
class Client {
  constructor(path, options = {}) {
    this.received = [];
    this.waiting = [];
    this.socket = new WebSocket(url + path, options);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) => resolve({ code, reason: String(reason) })));
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      if (this.waiting.length > 0) this.waiting.shift()(message);
      else this.received.push(message);
    });
  }

  static async connect(path = "/echo", options = {}) {
    const client = new Client(path, options);
    await once(client.socket, "open");
    return client;
  }

  async next() {
    if (this.received.length > 0) return this.received.shift();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async take(count) {
    const messages = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  async close(code = 1000) {
    this.socket.close(code);
    return this.closed;
  }
}

test("echoes text and binary of every length form", { timeout }, async () => {
  const client = await Client.connect();
  for (const size of sizes) {
    const binary = randomBytes(size);
    client.socket.send(binary);
    assert.deepEqual(await client.next(), binary);
    const text = "é".repeat(size >> 1) + "x".repeat(size & 1);
    client.socket.send(text);
    assert.equal(await client.next(), text);
  }
  await client.close();
});

test("joins fragments, with a ping between them", { timeout }, async () => {
  const client = await Client.connect();
  client.socket.send("one ", { fin: false });
  const pong = once(client.socket, "pong");
  client.socket.ping("between");
  client.socket.send("two ", { fin: false });
  client.socket.send("three", { fin: true });
  assert.equal(String((await pong)[0]), "between");
  assert.equal(await client.next(), "one two three");
  await client.close();
});

test("closes with the code it was given", { timeout }, async () => {
  for (const code of [1000, 1001, 3000, 4999]) {
    const client = await Client.connect();
    assert.deepEqual((await client.close(code)).code, code);
  }
});

test("declines permessage-deflate and works without", { timeout }, async () => {
  const client = new Client("/echo", { perMessageDeflate: { threshold: 0 } });
  const opened = once(client.socket, "open");
  const [response] = await once(client.socket, "upgrade");
  assert.equal(response.headers["sec-websocket-extensions"], undefined);
  await opened;
  assert.equal(client.socket.extensions, "");
  client.socket.send("plain ".repeat(1000));
  assert.equal(await client.next(), "plain ".repeat(1000));
  await client.close();
});

test("keeps the order of many messages in flight", { timeout }, async () => {
  const client = await Client.connect("/echo", { perMessageDeflate: false });
  const sent = Array.from({ length: 10_000 }, (_, i) => `${i} ${"x".repeat(i % 300)}`);
  for (const message of sent) client.socket.send(message);
  assert.deepEqual(await client.take(sent.length), sent);
  await client.close();
});

test("many clients at once, each with its own messages", { timeout }, async () => {
  const clients = await Promise.all(Array.from({ length: 100 }, () => Client.connect()));
  await Promise.all(clients.map(async (client, number) => {
    const sent = Array.from({ length: 50 }, (_, i) => `${number} ${i}`);
    for (const message of sent) client.socket.send(message);
    assert.deepEqual(await client.take(sent.length), sent);
    assert.equal((await client.close()).code, 1000);
    assert.deepEqual(client.received, []);
  }));
});

test("a room's members hear each other; echo=off leaves the sender out", { timeout }, async () => {
  const one = await Client.connect("/room?room=node");
  const two = await Client.connect("/room?room=node");
  const quiet = await Client.connect("/room?room=node&echo=off");
  quiet.socket.send("from quiet");
  assert.deepEqual([await one.next(), await two.next()], ["from quiet", "from quiet"]);
  two.socket.send(Buffer.from([0, 255]));
  for (const client of [one, two, quiet]) {
    assert.deepEqual(await client.next(), Buffer.from([0, 255]));
  }
  await Promise.all([one, two, quiet].map((client) => client.close()));
});

test("a message too big is refused with 1009", { timeout }, async () => {
  const client = await Client.connect();
  client.socket.on("error", () => {}); // The rest of the message may meet a closed connection.
  client.socket.send(Buffer.alloc((1 << 20) + 1));
  assert.equal((await client.closed).code, 1009);
});

test("Node's own HTTP client gets answers, and the right accept key", { timeout }, async () => {
  const base = url.replace(/^ws:/, "http:");
  const health = await fetch(`${base}/health`);
  assert.equal(health.status, 200);
  assert.equal((await health.json()).status, "ok");
  assert.equal((await fetch(`${base}/nowhere`)).status, 404);

  const key = randomBytes(16).toString("base64");
  const request = http.get(`${base}/echo`, { headers: {
    Connection: "Upgrade", Upgrade: "websocket",
    "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13" } });
  const [response, socket] = await once(request, "upgrade");
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  assert.equal(response.headers["sec-websocket-accept"],
    createHash("sha1").update(key + guid).digest("base64"));
  socket.destroy();
});

import { once } from "node:events";
import { createServer } from "node:http";
import { createConnection, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { seededRandom } from "../../src-main/play/source/seeded-random.ts";
import { ServerSocket, type ServerSocketOptions } from "../../src-main/wire/server-socket.ts";

/** A server whose sessions are handed over, and its port. */
async function serving(opened: (session: ServerSocket) => void, options: Partial<ServerSocketOptions> = {}) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, maxPayload: 1_000_000, perMessageDeflate: false });
  server.on("connection", (socket) => opened(new ServerSocket(socket, options)));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}

/** Both ends of one session. */
async function session(options: Partial<ServerSocketOptions> = {}) {
  const opened = Promise.withResolvers<ServerSocket>();
  const client = new WebSocket(`ws://127.0.0.1:${await serving(opened.resolve, options)}`);
  onTestFinished(() => client.terminate());
  await once(client, "open");
  return { client, server: await opened.promise };
}

test("messages that come before anyone listens are kept, in order", async () => {
  const { client, server } = await session();
  for (let index = 0; index < 100; index++) client.send(index % 2 ? String(index) : new Uint8Array([index]));
  await sleep(50);
  const heard: (Uint8Array | string)[] = [];
  server.receive((message) => heard.push(message));
  await expect.poll(() => heard.length).toBe(100);
  expect(heard.slice(0, 4)).toEqual([Buffer.from([0]), "1", Buffer.from([2]), "3"]);
});

test("a pause holds the client up, and counts neither as silence nor as loss", async () => {
  const { client, server } = await session({ receiveTimeoutMs: 100, pingAfterMs: 50 });
  let bytes = 0;
  server.receive((message) => {
    bytes += message.length;
    if (bytes === 100_000) server.pause();
  });
  for (let index = 0; index < 200; index++) client.send(new Uint8Array(100_000));
  await sleep(300);
  expect(client.bufferedAmount).toBeGreaterThan(5_000_000);
  expect([server.isOpen, bytes < 10_000_000]).toEqual([true, true]);
  server.resume();
  await expect.poll(() => bytes).toBe(20_000_000);
});

test("a sender can wait for room, and a close comes after all that was sent", async () => {
  const { client, server } = await session({ mostQueuedBytes: 2_000_000 });
  let received = 0;
  client.on("message", (data: Buffer) => (received += data.length));
  let waits = 0;
  for (let index = 0; index < 300; index++) {
    if (!server.send(new Uint8Array(100_000))) {
      waits++;
      await server.drained();
    }
  }
  expect(waits).toBeGreaterThan(10);
  expect(server.queuedBytes).toBeLessThan(2_000_000);
  const closed = once(client, "close");
  expect(await server.close(1013, "enough")).toEqual({ code: 1013, cause: "server" });
  expect((await closed)[0]).toBe(1013);
  expect([received, server.isOpen, server.signal.aborted]).toEqual([30_000_000, false, true]);
  expect(server.send("too late")).toBe(true);
  await server.drained();
  expect(await server.close()).toEqual({ code: 1013, cause: "server" });
});

test("dropping says nothing, and a client that leaves without a word is noticed", async () => {
  const dropped = await session();
  const closed = once(dropped.client, "close");
  dropped.server.drop();
  expect((await closed)[0]).toBe(1006);
  expect(await dropped.server.closed).toEqual({ code: 1006, cause: "server" });
  const left = await session();
  left.server.receive(() => undefined);
  left.client.terminate();
  expect(await left.server.closed).toEqual({ code: 1006, cause: "broken-off" });
  const polite = await session();
  polite.server.receive(() => undefined);
  polite.client.close(4000);
  expect(await polite.server.closed).toEqual({ code: 4000, cause: "client" });
});

test("bytes that are no frames end their session and no other", async () => {
  const random = seededRandom(5);
  const causes = new Map<string, number>();
  let ended = 0;
  const port = await serving((server) => {
    server.receive(() => undefined);
    void server.closed.then(({ cause }) => {
      ended++;
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    });
  });
  const handshake =
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const count = 300;
  for (let round = 0; round < count; round++) {
    const client = createConnection(port, "127.0.0.1");
    client.on("error", () => undefined).resume();
    const garbage = Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256));
    client.write(handshake);
    client.end(garbage);
    await once(client, "close");
  }
  await expect.poll(() => ended).toBe(count);
  expect(causes.get("bad-frame")).toBeGreaterThan(count / 2);
  expect([...causes.keys()].filter((cause) => cause === "bug" || cause === "server")).toEqual([]);
});

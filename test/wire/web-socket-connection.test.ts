import { createHash } from "node:crypto";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import type { Outcome } from "../../src-shared/failure.ts";
import {
  connectWebSocket,
  type ConnectOptions,
  type WebSocketConnection,
} from "../../src-main/wire/web-socket-connection.ts";
import { startWebSocketPeer, type WebSocketPeerOptions } from "./web-socket-peer.ts";

const NEVER = new AbortController().signal;

async function listenOn(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => undefined)));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/path?auth_id=secret`;
}

/** A WebSocket server, and a connection to it. */
async function connected(
  serve: (socket: WebSocket) => void,
  options: Partial<ConnectOptions> = {},
  peerOptions: WebSocketPeerOptions = {},
): Promise<WebSocketConnection> {
  const { url } = await startWebSocketPeer(serve, peerOptions);
  const outcome = await connectWebSocket({ url: `${url}/path?auth_id=secret`, ...options }, NEVER);
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  onTestFinished(() => outcome.value.close());
  return outcome.value;
}

function codeOf(outcome: Outcome<unknown>): string {
  if (outcome.ok) return "ok";
  expect(outcome.failure).toMatchObject({ stage: "wire" });
  expect(outcome.failure.detail).not.toMatch(/secret|undefined/);
  return `${outcome.failure.code}${outcome.failure.retryable ? ", retryable" : ""}`;
}

test("messages go both ways, text and binary, and a good close is no failure", async () => {
  const connection = await connected((socket) =>
    socket.on("message", (data: Buffer, isBinary) => {
      socket.send(data, { binary: isBinary });
      if (!isBinary) socket.close(1000);
    }),
  );
  connection.send(new Uint8Array([1, 2, 3]));
  connection.send("hällo");
  expect(await connection.receive(1_000)).toEqual({ ok: true, value: Buffer.from([1, 2, 3]) });
  expect(await connection.receive(1_000)).toEqual({ ok: true, value: "hällo" });
  expect(await connection.receive(1_000)).toEqual({ ok: true, value: undefined });
  expect(await connection.closed).toEqual({ code: 1000 });
  connection.send("too late");
  await connection.drained();
});

test.for([
  {
    what: "is refused with 401",
    answer: "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    code: "source-refused",
  },
  {
    what: "is refused with 503",
    answer: "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
    code: "source-refused, retryable",
  },
  { what: "gets a page", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", code: "source-refused" },
  { what: "gets garbage", answer: "\u0000\u0001garbage\r\n\r\n", code: "source-unreachable" },
  {
    what: "gets a wrong handshake",
    answer:
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n",
    code: "source-refused",
  },
])("a connection that $what is a failure", async ({ answer, code }) => {
  const url = await listenOn(createServer((socket) => void socket.once("data", () => socket.write(answer))));
  const outcome = await connectWebSocket({ url }, NEVER);
  expect(codeOf(outcome)).toBe(code);
  const status = /^HTTP\/1.1 (401|503|200)/.exec(answer)?.[1];
  if (status && !outcome.ok) expect(outcome.failure.detail).toContain(`status ${status}`);
});

test("nobody there, nobody answering, no address: each is told in time", async () => {
  const startedAtMs = performance.now();
  const gone = createServer();
  const url = await listenOn(gone);
  gone.close();
  expect(codeOf(await connectWebSocket({ url }, NEVER))).toBe("source-unreachable, retryable");
  const mute = await listenOn(createServer());
  expect(codeOf(await connectWebSocket({ url: mute, connectTimeoutMs: 100 }, NEVER))).toBe("source-timeout, retryable");
  for (const wrong of ["nowhere", "ftp://127.0.0.1/?secret", "ws://"])
    expect(codeOf(await connectWebSocket({ url: wrong }, NEVER))).toBe("source-unreachable");
  const header = { url: mute, headers: { "bad header\n": "secret" } };
  expect(codeOf(await connectWebSocket(header, NEVER))).toBe("source-unreachable");
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test("connecting and waiting can be aborted", async () => {
  const url = await listenOn(createServer());
  const aborting = AbortSignal.timeout(50);
  await expect(connectWebSocket({ url }, aborting)).rejects.toThrow("timeout");
  await expect(connectWebSocket({ url }, aborting)).rejects.toThrow("timeout");
  const connection = await connected(() => undefined);
  await expect(connection.receive(60_000, AbortSignal.timeout(50))).rejects.toThrow("timeout");
  expect(connection.isOpen).toBe(true);
});

test("a server that sends nothing is waited for, but not for ever; the connection goes on", async () => {
  const connection = await connected((socket) => void setTimeout(() => socket.send("late"), 150));
  expect(codeOf(await connection.receive(50))).toBe("source-timeout, retryable");
  expect(await connection.receive(1_000)).toEqual({ ok: true, value: "late" });
});

test("a server that does not even answer pings is lost", async () => {
  const deaf = await connected(() => undefined, { silenceMs: 200 }, { autoPong: false });
  expect(codeOf(await deaf.receive(5_000))).toBe("source-timeout, retryable");
  const quiet = await connected((socket) => void setTimeout(() => socket.send("late"), 500), { silenceMs: 200 });
  expect(codeOf(await quiet.receive(5_000))).toBe("ok");
});

test.for([
  { how: (socket: WebSocket) => socket.terminate(), code: "source-lost, retryable" },
  { how: (socket: WebSocket) => socket.close(1011, "secret"), code: "source-lost, retryable" },
  { how: (socket: WebSocket) => socket.close(), code: "ok" },
])("an end by $how is told as $code, after what came before it", async ({ how, code }) => {
  const connection = await connected((socket) => {
    socket.send("one");
    setImmediate(() => how(socket));
  });
  expect(codeOf(await connection.receive(1_000))).toBe("ok");
  expect(codeOf(await connection.receive(1_000))).toBe(code);
  expect(codeOf(await connection.receive(1_000))).toBe(code);
});

test("a flood is held up while nobody takes it, and nothing of it is lost", async () => {
  const count = 400;
  let inServer = (): number => 0;
  const connection = await connected(
    (socket) => {
      inServer = () => socket.bufferedAmount;
      for (let index = 0; index < count; index++) socket.send(new Uint8Array(100_000).fill(index));
    },
    { mostWaitingBytes: 1_000_000 },
  );
  await sleep(300);
  expect(inServer()).toBeGreaterThan(count * 50_000);
  for (let index = 0; index < count; index++) {
    const outcome = await connection.receive(5_000);
    expect(outcome.ok && (outcome.value as Uint8Array)[0]).toBe(index % 256);
  }
});

test("very many messages with nothing in them are taken one by one, at once", async () => {
  const count = 100_000;
  const connection = await connected((socket) => {
    for (let index = 0; index < count; index++) socket.send("");
  });
  await sleep(100);
  const startedAtMs = performance.now();
  let taken = 0;
  while (taken < count && (await connection.receive(5_000)).ok) taken += 1;
  expect(taken).toBe(count);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

test("a server that takes nothing is given up, and who waits for room is let go", async () => {
  const connection = await connected((socket) => socket.pause(), { stallMs: 200 });
  let hadRoom = true;
  for (let index = 0; index < 200 && hadRoom; index++) hadRoom = connection.send(new Uint8Array(100_000));
  for (let index = 0; index < 40; index++) connection.send(new Uint8Array(100_000));
  expect(hadRoom).toBe(false);
  await connection.drained();
  expect(codeOf(await connection.receive(5_000))).toBe("source-timeout, retryable");
});

test("too long a message, and frames that are none, are errors of the protocol", async () => {
  const long = await connected((socket) => socket.send("x".repeat(2_000)), { mostMessageBytes: 1_000 });
  expect(codeOf(await long.receive(1_000))).toBe("protocol-error");
  const raw = await listenOn(handshaking(Buffer.from([0xff, 0xff, 0xff, 0xff])));
  const outcome = await connectWebSocket({ url: raw }, NEVER);
  expect(outcome.ok && codeOf(await outcome.value.receive(1_000))).toBe("protocol-error");
});

test("a caller can call the protocol broken, and nothing more comes", async () => {
  const connection = await connected((socket) => {
    for (let index = 0; index < 10; index++) socket.send("wrong");
  });
  await connection.receive(1_000);
  expect(connection.abandon("said what makes no sense")).toMatchObject({ code: "protocol-error", retryable: false });
  expect(codeOf(await connection.receive(1_000))).toBe("protocol-error");
});

test("closing delivers what was sent, and does not wait for a server that is deaf", async () => {
  let received = 0;
  const connection = await connected((socket) => socket.on("message", (data: Buffer) => (received += data.length)));
  for (let index = 0; index < 40; index++) connection.send(new Uint8Array(100_000));
  await Promise.all([connection.close(), connection.close()]);
  expect(received).toBe(4_000_000);
  const deaf = await connected((socket) => socket.pause());
  const startedAtMs = performance.now();
  await deaf.close();
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
});

/** A server of bytes: a right handshake and then those. */
function handshaking(after: Buffer): Server {
  return createServer((socket) => {
    socket.once("data", (request) => {
      const key = /sec-websocket-key: (\S+)/i.exec(String(request))?.[1] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
      socket.write(Buffer.concat([Buffer.from(head), after]));
    });
  });
}

test("a server that is held up is told that somebody is there", async () => {
  let pings = 0;
  const connection = await connected(
    (socket) => {
      socket.on("ping", () => (pings += 1));
      for (let index = 0; index < 100; index++) socket.send(new Uint8Array(1_000));
    },
    { mostWaitingBytes: 10_000, silenceMs: 200 },
  );
  await expect.poll(() => pings, { timeout: 5_000 }).toBeGreaterThan(2);
  let taken = 0;
  while (taken < 100 && (await connection.receive(1_000)).ok) taken += 1;
  expect(taken).toBe(100);
});

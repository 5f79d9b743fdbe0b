import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer, type WebSocket } from "ws";
import { WebsocketSource } from "../../../src-main/play/source/websocket-source.ts";
import { deadHost, serve, serveRaw } from "./audio-server.ts";
import { countingBytes, failureLine, openSource, receive, settled, until } from "./open-source.ts";

async function serveSockets(onConnection: (socket: WebSocket, request: IncomingMessage) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", onConnection);
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("binary messages are chunks, text messages are counted, closing is the end", async () => {
  const audio = countingBytes(100_000);
  const host = await serveSockets((socket, request) => {
    socket.send("hello");
    for (let start = 0; start < audio.length; start += 1000) socket.send(audio.subarray(start, start + 1000));
    socket.send(new Uint8Array());
    socket.send("bye");
    socket.close(request.url === "/1000" ? 1000 : undefined);
  });
  for (const path of ["/1000", "/without"]) {
    const source = new WebsocketSource(`ws://${host}${path}`);
    expect(source.name).toBe(host);
    const { bytes, chunks, failure } = await receive(source);
    expect(failure).toBeUndefined();
    expect(bytes).toEqual(audio);
    expect(chunks).toHaveLength(100);
    expect(source.textMessages).toBe(2);
  }
});

test("sends credentials and headers with the handshake and shows them nowhere", async () => {
  const seen: unknown[] = [];
  const host = await serveSockets((socket, { url, headers }) => {
    seen.push({ url, authorization: headers.authorization, key: headers["x-key"] });
    socket.close(4001, `bad key ${String(headers["x-key"] ?? "hunter2hunter2")}`);
  });
  const lost = `source-lost: ${host} closed the connection with code 4001 after 0 bytes`;
  expect(await failureLine(new WebsocketSource(`ws://me:hunter2hunter2@${host}/a?b=c`))).toBe(lost);
  expect(await failureLine(new WebsocketSource(`ws://${host}/`, { headers: { "X-Key": "sk-1234567890" } }))).toBe(lost);
  const authorization = `Basic ${Buffer.from("me:hunter2hunter2").toString("base64")}`;
  expect(seen).toEqual([
    { url: "/a?b=c", authorization },
    { url: "/", key: "sk-1234567890" },
  ]);
});

test("any other end is a loss, after all that had come", async () => {
  const host = await serveSockets((socket, { url = "" }) => {
    socket.send(Buffer.from("audio"), () => {
      if (url === "/cut") setTimeout(() => socket.terminate(), 20);
      else socket.close(Number(url.slice(1)), "out of memory\n");
    });
  });
  const lines = [];
  for (const path of ["1011", "1013", "cut"]) {
    const { bytes, failure } = await receive(new WebsocketSource(`ws://${host}/${path}`));
    expect(bytes).toHaveLength(5);
    lines.push(`${failure?.code}: ${failure?.detail}`);
  }
  expect(lines).toEqual([
    `source-lost: ${host} closed the connection with code 1011 after 5 bytes: out of memory`,
    `source-lost: ${host} closed the connection with code 1013 after 5 bytes: out of memory`,
    `source-lost: ${host} broke off after 5 bytes`,
  ]);
});

test("pauses the socket while nobody reads", async () => {
  const block = new Uint8Array(65_536);
  let serverSide: WebSocket | undefined;
  let writtenBytes = 0;
  const host = await serveSockets((socket) => {
    serverSide = socket;
    const pump = (): void => {
      if (socket.readyState !== socket.OPEN) return;
      writtenBytes += block.length;
      socket.send(block, pump);
    };
    pump();
  });
  const { chunks } = await openSource(new WebsocketSource(`ws://${host}/`));
  const reader = chunks[Symbol.asyncIterator]();
  await reader.next();
  expect(await settled(() => writtenBytes)).toBeLessThan(16 * 1024 * 1024);
  for (let bytes = 0; bytes < 32 * 1024 * 1024;) bytes += (await reader.next()).value?.length ?? Infinity;
  expect(await settled(() => writtenBytes)).toBeLessThan(48 * 1024 * 1024);
  await reader.return?.();
  await until(() => serverSide?.readyState === serverSide?.CLOSED);
});

test("a silent server is a timeout, before and in mid-stream; text does not count as audio", async () => {
  const silent = await serveRaw(() => undefined);
  const options = { connectTimeoutMs: 60, idleTimeoutMs: 80 };
  expect(await failureLine(new WebsocketSource(`ws://${silent}/`, options))).toBe(
    `source-timeout: ${silent} did not answer within 0.06 s`,
  );
  const host = await serveSockets((socket) => {
    socket.send(Buffer.from("audio"));
    const ticking = setInterval(() => socket.send("still here"), 20);
    socket.on("close", () => clearInterval(ticking));
  });
  const { chunks, failure } = await receive(new WebsocketSource(`ws://${host}/`, options));
  expect(chunks).toHaveLength(1);
  expect(failure).toEqual({
    code: "source-timeout",
    stage: "input",
    detail: `${host} sent nothing for 0.08 s`,
    retryable: true,
  });
});

test("says why there is no connection", async () => {
  const dead = await deadHost();
  const babble = await serveRaw((socket) => socket.once("data", () => socket.end("SSH-2.0-nobody\r\n")));
  const web = await serve((request, response) => void response.writeHead(Number(request.url?.slice(1))).end());
  const fake = await serve(() => undefined);
  const half = await serveRaw((socket) =>
    socket.once("data", () =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    ),
  );
  const lines = [];
  for (const url of [
    `ws://${dead}/`,
    `ws://${babble}/`,
    `ws://${web}/404`,
    `ws://${web}/200`,
    `ws://${web}/503`,
    `wss://${fake}/`,
    `ws://${half}/`,
    `http://${web}/`,
  ])
    lines.push(await failureLine(new WebsocketSource(url)));
  expect(lines).toEqual([
    `source-unreachable: ${dead} refuses connections: is the server running?`,
    `source-unreachable: ${babble} does not speak HTTP`,
    `source-refused: ${web} answered 404 Not Found instead of opening a WebSocket`,
    `source-refused: ${web} answered 200 OK instead of opening a WebSocket`,
    `source-refused: ${web} answered 503 Service Unavailable instead of opening a WebSocket`,
    `source-unreachable: ${fake} does not speak TLS: try it without the s of https or wss`,
    `source-refused: ${half} answered, but does not speak WebSocket`,
    "source-unreachable: the address is not one of ws:// or wss://",
  ]);
});

test("aborting rejects with the signal's reason and hangs up", async () => {
  let open = 0;
  const host = await serveSockets((socket) => {
    open++;
    socket.on("close", () => open--);
  });
  const reason = new Error("enough");
  const stop = new AbortController();
  const { chunks } = await openSource(new WebsocketSource(`ws://${host}/`), stop.signal);
  await until(() => open === 1);
  const next = chunks[Symbol.asyncIterator]().next();
  stop.abort(reason);
  await expect(next).rejects.toBe(reason);
  await until(() => open === 0);
  const silent = await serveRaw(() => undefined);
  const opening = new AbortController();
  const attempt = new WebsocketSource(`ws://${silent}/`).open(opening.signal);
  setTimeout(() => opening.abort(reason), 20);
  await expect(attempt).rejects.toBe(reason);
});

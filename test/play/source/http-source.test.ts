import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { HttpSource } from "../../../src-main/play/source/http-source.ts";
import { deadHost, serve, serveRaw } from "./audio-server.ts";
import { countingBytes, failureLine, openSource, receive, settled, until } from "./open-source.ts";

const AUDIO = countingBytes(300_000);

test("streams a body with its length and declared encoding", async () => {
  const host = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "audio/MPEG; q=1", "content-length": AUDIO.length });
    response.end(AUDIO);
  });
  const asked: string[] = [];
  const source = new HttpSource(
    { url: `http://${host}/some/where.mp3` },
    {
      encodingOfContentType: (type) => {
        asked.push(type);
        return "mp3";
      },
    },
  );
  expect(source.name).toBe(host);
  const { totalBytes, declaredEncoding } = await openSource(source);
  expect({ totalBytes, declaredEncoding, asked }).toEqual({
    totalBytes: AUDIO.length,
    declaredEncoding: "mp3",
    asked: ["audio/mpeg; q=1"],
  });
  expect((await receive(source)).bytes).toEqual(AUDIO);
});

test("gives each chunk as it arrives", async () => {
  let more = (): void => undefined;
  const host = await serve((_request, response) => {
    response.write(AUDIO.subarray(0, 10));
    more = () => void response.end(AUDIO.subarray(10, 30));
  });
  const { chunks, totalBytes, declaredEncoding } = await openSource(new HttpSource({ url: `http://${host}` }));
  expect([totalBytes, declaredEncoding]).toEqual([undefined, undefined]);
  const reader = chunks[Symbol.asyncIterator]();
  expect((await reader.next()).value).toHaveLength(10);
  more();
  expect((await reader.next()).value).toHaveLength(20);
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

test("sends the method, headers, JSON body and credentials it is told, and asks for no compression", async () => {
  const seen: unknown[] = [];
  const host = await serve((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { authorization, "x-extra": extra, "accept-encoding": encoding } = request.headers;
      const body = Buffer.concat(parts).toString();
      seen.push({ method: request.method, url: request.url, authorization, extra, encoding, body });
      response.end("ok");
    });
  });
  await receive(new HttpSource({ url: `http://me:p%40ss@${host}/a?b=c#d`, headers: { "X-Extra": "1" } }));
  await receive(new HttpSource({ url: `http://${host}/a`, body: { a: 1 } }));
  await receive(new HttpSource({ url: `http://${host}/a`, method: "PUT", body: [] }));
  const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
  expect(seen).toEqual([
    { method: "GET", url: "/a?b=c", authorization, extra: "1", encoding: "identity", body: "" },
    { method: "POST", url: "/a", encoding: "identity", body: '{"a":1}' },
    { method: "PUT", url: "/a", encoding: "identity", body: "[]" },
  ]);
});

test("follows a redirect", async () => {
  const target = await serve((_request, response) => response.end(AUDIO));
  const host = await serve((_request, response) => response.writeHead(302, { location: `http://${target}/x` }).end());
  expect((await receive(new HttpSource({ url: `http://${host}` }))).bytes).toEqual(AUDIO);
});

test("does not follow redirects without end", async () => {
  const host = await serve((_request, response) => response.writeHead(302, { location: "/" }).end());
  expect(await failureLine(new HttpSource({ url: `http://${host}` }))).toBe(
    `source-unreachable: ${host} redirects without end`,
  );
});

test("knows no length of a body that is compressed", async () => {
  const packed = gzipSync(AUDIO);
  const host = await serve((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length });
    response.end(packed);
  });
  const source = new HttpSource({ url: `http://${host}` });
  expect((await openSource(source)).totalBytes).toBeUndefined();
  expect((await receive(source)).bytes).toEqual(AUDIO);
});

test("an empty body is a stream without chunks", async () => {
  const host = await serve((_request, response) => response.writeHead(204).end());
  expect(await receive(new HttpSource({ url: `http://${host}` }))).toEqual({ bytes: new Uint8Array(), chunks: [] });
});

test("reads no further ahead than the network's buffers", async () => {
  const block = new Uint8Array(65_536);
  let writtenBytes = 0;
  const host = await serve((_request, response) => {
    const pump = (): void => {
      do writtenBytes += block.length;
      while (response.write(block) && !response.destroyed);
      response.once("drain", pump);
    };
    pump();
  });
  const stop = new AbortController();
  const { chunks } = await openSource(new HttpSource({ url: `http://${host}` }), stop.signal);
  const reader = chunks[Symbol.asyncIterator]();
  await reader.next();
  const restBytes = await settled(() => writtenBytes);
  expect(restBytes).toBeLessThan(16 * 1024 * 1024);
  for (let bytes = 0; bytes < 32 * 1024 * 1024;) bytes += (await reader.next()).value?.length ?? Infinity;
  await until(() => writtenBytes > 32 * 1024 * 1024);
  expect(await settled(() => writtenBytes)).toBeLessThan(48 * 1024 * 1024);
  await reader.return?.();
});

test("leaving the iteration, before or in it, hangs up", async () => {
  let open = 0;
  const host = await serve((_request, response) => {
    open++;
    response.once("close", () => open--);
    response.write("audio");
  });
  const untouched = await openSource(new HttpSource({ url: `http://${host}` }));
  await untouched.chunks[Symbol.asyncIterator]().return?.();
  const { chunks } = await openSource(new HttpSource({ url: `http://${host}` }));
  for await (const chunk of chunks) {
    expect(chunk).toHaveLength(5);
    break;
  }
  const waiting = (await openSource(new HttpSource({ url: `http://${host}` }))).chunks[Symbol.asyncIterator]();
  await waiting.next();
  const next = waiting.next();
  await waiting.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  await until(() => open === 0);
});

test("aborting rejects with the signal's reason, while opening and in mid-stream, and hangs up", async () => {
  let open = 0;
  const host = await serve((request, response) => {
    open++;
    response.once("close", () => open--);
    if (request.url === "/audio") response.write("audio");
  });
  const reason = new Error("enough");
  const aborted = AbortSignal.abort(reason);
  await expect(new HttpSource({ url: `http://${host}` }).open(aborted)).rejects.toBe(reason);
  const opening = new AbortController();
  const attempt = new HttpSource({ url: `http://${host}/silent` }).open(opening.signal);
  await until(() => open === 1);
  opening.abort(reason);
  await expect(attempt).rejects.toBe(reason);
  const streaming = new AbortController();
  const { chunks } = await openSource(new HttpSource({ url: `http://${host}/audio` }), streaming.signal);
  const reader = chunks[Symbol.asyncIterator]();
  await reader.next();
  const next = reader.next();
  streaming.abort(reason);
  await expect(next).rejects.toBe(reason);
  expect(await reader.next()).toEqual({ done: true, value: undefined });
  await until(() => open === 0);
});

test("what does not answer, or stops in mid-stream, is a timeout; a slow reader is not", async () => {
  const host = await serve((request, response) => void (request.url === "/audio" && response.write("audio")));
  const options = { connectTimeoutMs: 80, idleTimeoutMs: 60 };
  expect(await failureLine(new HttpSource({ url: `http://${host}/silent` }, options))).toBe(
    `source-timeout: ${host} did not answer within 0.08 s`,
  );
  const { chunks } = await openSource(new HttpSource({ url: `http://${host}/audio` }, options));
  const reader = chunks[Symbol.asyncIterator]();
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect((await reader.next()).value).toHaveLength(5);
  await new Promise((resolve) => setTimeout(resolve, 150));
  await expect(reader.next()).rejects.toThrow(`${host} sent nothing for 0.06 s`);
});

test("says why a server cannot be reached", async () => {
  const dead = await deadHost();
  const hangup = await serveRaw((socket) => socket.once("data", () => socket.destroy()));
  const babble = await serveRaw((socket) => socket.once("data", () => socket.end("SSH-2.0-nobody\r\n")));
  const plain = await serve((_request, response) => response.end());
  expect(await failureLine(new HttpSource({ url: `http://${dead}` }))).toBe(
    `source-unreachable: ${dead} refuses connections: is the server running?`,
  );
  expect(await failureLine(new HttpSource({ url: "http://nobody.invalid/" }))).toMatch(
    /^source-unreachable: (?:there is no host of the name nobody\.invalid|nobody\.invalid could not be looked up: is the network up\?)$/,
  );
  expect(await failureLine(new HttpSource({ url: `http://${hangup}` }))).toBe(
    `source-unreachable: ${hangup} closed the connection before it answered`,
  );
  expect(await failureLine(new HttpSource({ url: `http://${babble}` }))).toBe(
    `source-unreachable: ${babble} does not speak HTTP`,
  );
  expect(await failureLine(new HttpSource({ url: `https://${plain}` }))).toBe(
    `source-unreachable: ${plain} does not speak TLS: try it without the s of https or wss`,
  );
  expect(await failureLine(new HttpSource({ url: "http://127.0.0.1:9/" }))).toBe(
    "source-unreachable: 127.0.0.1:9 has a port that may not be fetched from",
  );
  expect(await failureLine(new HttpSource({ url: "ftp://me:secret@host/" }))).toBe(
    "source-unreachable: the address is not one of http:// or https://",
  );
});

test("says with what a server refused", async () => {
  const host = await serve((request, response) => {
    const status = Number(request.url?.slice(1));
    response.writeHead(status, { "content-type": "text/html" }).end("<h1>no</h1>");
  });
  const lines = [];
  for (const status of [400, 403, 404, 503])
    lines.push(await failureLine(new HttpSource({ url: `http://${host}/${status}` })));
  expect(lines).toEqual([
    `source-refused: ${host} answered 400 Bad Request`,
    `source-refused: ${host} answered 403 Forbidden`,
    `source-refused: ${host} answered 404 Not Found`,
    `source-refused: ${host} answered 503 Service Unavailable`,
  ]);
  expect((await receive(new HttpSource({ url: `http://${host}/503` }))).failure?.retryable).toBe(true);
  expect((await receive(new HttpSource({ url: `http://${host}/404` }))).failure?.retryable).toBe(false);
});

test("refuses an answer that cannot be audio", async () => {
  const types = ["text/html; charset=utf-8", "application/json", "image/png", "application/problem+json", "audio/wav"];
  const host = await serve((request, response) => {
    response.writeHead(200, { "content-type": types[Number(request.url?.slice(1))] });
    response.end('{"error":"no voice is loaded"}');
  });
  const lines = [];
  for (const index of types.keys()) lines.push(await failureLine(new HttpSource({ url: `http://${host}/${index}` })));
  expect(lines).toEqual([
    `source-refused: ${host} sent text/html where audio was expected: no voice is loaded`,
    `source-refused: ${host} sent application/json where audio was expected: no voice is loaded`,
    `source-refused: ${host} sent image/png where audio was expected: no voice is loaded`,
    `source-refused: ${host} sent application/problem+json where audio was expected: no voice is loaded`,
    "no failure",
  ]);
});

test("an error body that never ends does not hold it up", async () => {
  const host = await serve((_request, response) => void response.writeHead(500).write("{"));
  expect(await failureLine(new HttpSource({ url: `http://${host}` }, { connectTimeoutMs: 60 }))).toBe(
    `source-refused: ${host} answered 500 Internal Server Error`,
  );
});

test("a body that breaks off gives what had come, then is lost", async () => {
  const host = await serve((request, response) => {
    if (request.url === "/length") response.setHeader("content-length", 5000);
    response.write(AUDIO.subarray(0, 1000), () => setTimeout(() => response.destroy(), 20));
  });
  const short = await receive(new HttpSource({ url: `http://${host}/length` }));
  expect(short.bytes).toEqual(AUDIO.subarray(0, 1000));
  expect(short.failure).toEqual({
    code: "source-lost",
    stage: "input",
    detail: `${host} broke off after 1000 of 5000 bytes`,
    retryable: true,
  });
  const chunked = await receive(new HttpSource({ url: `http://${host}/chunked` }));
  expect(chunked.bytes).toEqual(AUDIO.subarray(0, 1000));
  expect(chunked.failure?.detail).toBe(`${host} broke off after 1000 bytes`);
});

test("a server may end a body without length by closing", async () => {
  const host = await serveRaw((socket) => socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\naudio")));
  expect((await receive(new HttpSource({ url: `http://${host}` }))).bytes).toHaveLength(5);
});

test("credentials show up nowhere, even if the server repeats them", async () => {
  const host = await serve((request, response) => {
    const { authorization = "", "x-api-key": key = "" } = request.headers;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `bad: ${authorization} ${String(key)} ${request.url}` } }));
  });
  const sources = [
    new HttpSource({ url: `http://someone:hunter2hunter2@${host}/` }),
    new HttpSource({ url: `http://${host}/?key=sk-1234567890` }),
    new HttpSource({ url: `http://${host}/`, headers: { "x-api-key": "sk-1234567890" } }),
    new HttpSource({ url: `http://${host}/`, headers: { authorization: "Bearer sk-1234567890" } }),
  ];
  for (const source of sources) {
    expect(source.name).toBe(host);
    expect(await failureLine(source)).toBe(`source-refused: ${host} answered 401 Unauthorized`);
  }
});

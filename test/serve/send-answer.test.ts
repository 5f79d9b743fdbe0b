import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { HttpRoute, ServedProtocol } from "../../src-main/wire/route.ts";
import { startTestServer } from "../wire/start-test-server.ts";

const MEGABYTE = 1_000_000;

function serving(answer: HttpRoute["answer"]): ServedProtocol {
  const route: HttpRoute = { method: "POST", path: "/", access: "any", isSession: true, answer };
  return { name: "test", httpRoutes: [route], socketRoutes: [] };
}

/** A client that has sent a request and does not read. */
async function deafClient(port: number, body = ""): Promise<Socket> {
  const client = createConnection(port, "127.0.0.1");
  onTestFinished(() => void client.destroy());
  client.on("error", () => undefined);
  client.pause();
  await once(client, "connect");
  client.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  return client;
}

/** A stream without an end, and what became of it. */
function endless() {
  const stream = { pieces: 0, isOver: false };
  const body = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        stream.pieces++;
        yield new Uint8Array(MEGABYTE);
      }
    } finally {
      stream.isOver = true;
    }
  };
  return { stream, answer: () => ({ status: 200, body: body() }) };
}

test("an answer is not made faster than it is read, and a client that stops reading is cut off", async () => {
  const { stream, answer } = endless();
  const server = await startTestServer([serving(answer)], { limits: { stallMs: 300 } });
  await deafClient(server.port);
  await sleep(200);
  expect(stream.pieces).toBeGreaterThan(0);
  expect(stream.pieces).toBeLessThan(20);
  await expect.poll(() => stream.isOver).toBe(true);
  await expect.poll(async () => (await fetch(`${server.url}/health`)).json()).toMatchObject({ sessions: 0 });
});

test("what makes an answer ends when the client goes", async () => {
  const { stream, answer } = endless();
  let isAborted = false;
  const server = await startTestServer([
    serving((request) => {
      request.signal.addEventListener("abort", () => (isAborted = true));
      return answer();
    }),
  ]);
  const client = await deafClient(server.port);
  await expect.poll(() => stream.pieces).toBeGreaterThan(0);
  client.destroy();
  await expect.poll(() => stream.isOver).toBe(true);
  expect(isAborted).toBe(true);
  expect(await server.metrics.text()).toContain('repartee_serve_session_ends_total{protocol="test",cause="client"} 1');
});

test("a long answer arrives as a whole although the server is ending", async () => {
  const long = new Uint8Array(30 * MEGABYTE);
  const server = await startTestServer([serving(() => ({ status: 200, body: long }))]);
  const client = await deafClient(server.port);
  await sleep(50);
  const ended = server.drain(10_000);
  let received = 0;
  client.on("data", (bytes: Buffer) => (received += bytes.length));
  client.resume();
  await ended;
  await expect.poll(() => received).toBeGreaterThan(long.length);
});

test("a client that sends all of a body that is too long still gets the answer", async () => {
  const server = await startTestServer(
    [serving(async (request) => ({ status: 200, body: await request.readBody() }))],
    { limits: { mostBodyBytes: 1_000 } },
  );
  for (let round = 0; round < 5; round++) {
    const client = await deafClient(server.port, "x".repeat(20 * MEGABYTE));
    let answer = "";
    client.on("data", (bytes: Buffer) => (answer += bytes.toString()));
    await sleep(20);
    client.resume();
    await expect.poll(() => answer).toContain("HTTP/1.1 413 ");
    client.destroy();
  }
});

import { expect, test } from "vitest";
import { closing, dial, nextMessage } from "./dial.ts";
import { echo } from "./echo-protocol.ts";
import { startTestServer } from "../wire/start-test-server.ts";

test("an ending server lets sessions finish and refuses new ones", async () => {
  const held = Promise.withResolvers<void>();
  const server = await startTestServer([echo({ held: held.promise })]);
  const running = await dial(`${server.socketUrl}/api/echo`);
  const slow = fetch(`${server.url}/held`, { method: "POST" });
  await expect.poll(async () => (await fetch(`${server.url}/health`)).json()).toMatchObject({ sessions: 2 });
  let hasEnded = false;
  const ended = server.drain(10_000).then(() => (hasEnded = true));
  expect((await dial(`${server.socketUrl}/api/echo`)).status).toBe(503);
  const refused = await fetch(`${server.url}/v1/echo`, { method: "POST", body: "x" });
  expect([refused.status, refused.headers.get("connection")]).toEqual([503, "close"]);
  const health = await fetch(`${server.url}/health`);
  expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: "ending" })]);
  running.socket.send("still here");
  expect(await nextMessage(running.socket)).toBe("still here");
  held.resolve();
  expect(await (await slow).text()).toBe("at last");
  expect(hasEnded).toBe(false);
  running.socket.close();
  await ended;
  await expect(fetch(`${server.url}/health`)).rejects.toThrow(TypeError);
});

test("sessions that do not finish in time are told and closed, silent ones are cut", async () => {
  const server = await startTestServer([echo()]);
  const { socket } = await dial(`${server.socketUrl}/api/echo`);
  const deaf = await dial(`${server.socketUrl}/api/echo`);
  deaf.socket.pause();
  const closed = closing(socket);
  const startedAtMs = performance.now();
  await server.drain(100);
  expect(await closed).toBe(1001);
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
});

test("ending at once does not wait for the drain, and an idle server drains at once", async () => {
  const held = Promise.withResolvers<void>();
  const server = await startTestServer([echo({ held: held.promise })]);
  await dial(`${server.socketUrl}/api/echo`);
  const slow = fetch(`${server.url}/held`, { method: "POST" }).catch(() => "cut");
  await expect.poll(async () => (await fetch(`${server.url}/health`)).json()).toMatchObject({ sessions: 2 });
  const startedAtMs = performance.now();
  const drained = server.drain(60_000);
  await server.end();
  await drained;
  expect(await slow).toBe("cut");
  held.resolve();
  const idle = await startTestServer([echo()]);
  await idle.drain(60_000);
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
});

test("a port that is taken, or an address that is not ours, is a failure", async () => {
  const server = await startTestServer([]);
  await expect(startTestServer([], { port: server.port })).rejects.toThrow(`port ${server.port} on 127.0.0.1 is taken`);
  await expect(startTestServer([], { address: "203.0.113.7" })).rejects.toThrow("EADDRNOTAVAIL");
  await expect(startTestServer([echo(), echo()])).rejects.toThrow("/api/echo");
});

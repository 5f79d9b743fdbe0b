import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { closing, dial, nextMessage } from "./dial.ts";
import { echo } from "./echo-protocol.ts";
import { startTestServer } from "../wire/start-test-server.ts";

test("sessions are limited overall and on each path", async () => {
  const held = Promise.withResolvers<void>();
  const server = await startTestServer([echo({ held: held.promise })], {
    limits: { mostSessions: 3, mostSessionsPerRoute: 2 },
  });
  const url = `${server.socketUrl}/api/echo`;
  const first = await dial(url);
  await dial(url);
  expect(await dial(url)).toMatchObject({ status: 503 });
  const slow = fetch(`${server.url}/held`, { method: "POST" });
  await expect.poll(async () => (await fetch(`${server.url}/health`)).json()).toMatchObject({ sessions: 3 });
  expect((await fetch(`${server.url}/held`, { method: "POST" })).status).toBe(503);
  const crowded = new WebSocket(`${server.socketUrl}/crowded`);
  onTestFinished(() => crowded.terminate());
  const closed = closing(crowded);
  expect(await nextMessage(crowded)).toBe("no room");
  expect(await closed).toBe(1013);
  held.resolve();
  expect(await (await slow).text()).toBe("at last");
  first.socket.close();
  await expect.poll(async () => (await dial(url)).status).toBe(101);
});

test("a client that does not read is given up, and others go on", async () => {
  const server = await startTestServer([echo()]);
  const { socket } = await dial(`${server.socketUrl}/flood`);
  socket.pause();
  socket.send("go");
  await expect.poll(server.logged, { timeout: 5_000 }).toContain('"cause":"slow-reader"');
  const other = await dial(`${server.socketUrl}/api/echo`);
  other.socket.send("still here");
  expect(await nextMessage(other.socket)).toBe("still here");
});

test("a client is pinged when it is quiet, and given up when it does not even answer that", async () => {
  const server = await startTestServer([echo()]);
  const alive = await dial(`${server.socketUrl}/quiet`);
  let pings = 0;
  alive.socket.on("ping", () => pings++);
  const dead = new WebSocket(`${server.socketUrl}/quiet`, { autoPong: false });
  onTestFinished(() => dead.terminate());
  expect(await closing(dead)).toBe(1008);
  await sleep(300);
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  expect(pings).toBeGreaterThan(4);
  await expect.poll(server.logged).toContain('"cause":"silent-client"');
});

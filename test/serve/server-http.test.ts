import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { closing, dial, nextMessage } from "./dial.ts";
import { echo } from "./echo-protocol.ts";
import { startTestServer } from "../wire/start-test-server.ts";

test("WebSocket and HTTP of one protocol share a path, and pages tell about the server", async () => {
  const server = await startTestServer([echo()]);
  const { socket } = await dial(`${server.socketUrl}/api/echo?unknown=1`);
  socket.send("hello");
  expect(await nextMessage(socket)).toBe("hello");
  const posted = await fetch(`${server.url}/api/echo`, { method: "POST", body: "by post" });
  expect(await posted.text()).toBe("by post");
  expect(await (await fetch(`${server.url}/v1/things/a%20b`)).json()).toBe("a b");

  const health = (await (await fetch(`${server.url}/health`)).json()) as Record<string, unknown>;
  expect(health).toMatchObject({ status: "ok", sessions: 1, protocols: [{ name: "echo" }] });
  expect(await (await fetch(`${server.url}/api/modules_info`)).json()).toEqual([{ type: "echo", path: "/api/echo" }]);
  const build = (await (await fetch(`${server.url}/api/build_info`)).json()) as Record<string, unknown>;
  expect(Object.keys(build)).toEqual(
    expect.arrayContaining(["build_timestamp", "git_hash", "git_describe", "rustc_version", "cargo_target_triple"]),
  );
  expect(Object.values(build).every((value) => typeof value === "string")).toBe(true);
});

test("paths and methods that do not exist are 404 and 405", async () => {
  const server = await startTestServer([echo()]);
  expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
  expect((await fetch(`${server.url}/v1/things/`)).status).toBe(404);
  expect((await fetch(`${server.url}/v1/things/a/b`)).status).toBe(404);
  const wrong = await fetch(`${server.url}/v1/echo`, { method: "DELETE" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  expect(await wrong.json()).toMatchObject({ error: { code: "wrong_method" } });
  const head = await fetch(`${server.url}/health`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await fetch(`${server.url}/health?x=%ff`)).status).toBe(400);
});

test("what a route throws is worded by it, and errors tell nothing", async () => {
  const server = await startTestServer([echo()]);
  const wrong = await fetch(`${server.url}/v1/echo?wrong=1`, { method: "POST" });
  expect([wrong.status, await wrong.json()]).toEqual([
    400,
    { error: expect.objectContaining({ message: "that was wrong" }) as unknown },
  ]);
  const bug = await fetch(`${server.url}/v1/echo?bug=1`, { method: "POST" });
  expect(bug.status).toBe(500);
  expect(await bug.text()).not.toContain("secret");
  const { socket } = await dial(`${server.socketUrl}/api/echo`);
  const closed = closing(socket);
  socket.send("bug");
  expect(await closed).toBe(1011);
  await expect.poll(server.logged).toContain('"event":"session-failed"');
  expect(server.logged()).not.toContain("secret");
});

test("a streamed answer that breaks off is not taken for whole; before its first piece it is an error", async () => {
  const server = await startTestServer([echo()]);
  expect(await (await fetch(`${server.url}/stream?breaks=9`)).text()).toBe("piece 0;piece 1;piece 2;");
  await expect(fetch(`${server.url}/stream?breaks=2`).then((answer) => answer.text())).rejects.toThrow(TypeError);
  expect((await fetch(`${server.url}/stream?breaks=0`)).status).toBe(500);
});

test("bodies and messages that are too long are refused while they come", async () => {
  const server = await startTestServer([echo()], { limits: { mostBodyBytes: 1000, mostMessageBytes: 1000 } });
  const announced = await fetch(`${server.url}/v1/echo`, { method: "POST", body: "x".repeat(5000) });
  expect([announced.status, await announced.json()]).toEqual([
    413,
    { error: expect.objectContaining({ code: "too_long" }) as unknown },
  ]);
  const chunked = new ReadableStream({
    async pull(controller) {
      await sleep(1);
      controller.enqueue(new Uint8Array(300));
    },
  });
  const endless = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    body: chunked,
    duplex: "half",
  } as RequestInit);
  expect(endless.status).toBe(413);
  expect((await fetch(`${server.url}/v1/echo`, { method: "POST", body: "x".repeat(1000) })).status).toBe(200);

  const { socket } = await dial(`${server.socketUrl}/api/echo`);
  socket.send("x".repeat(1000));
  expect(await nextMessage(socket)).toHaveLength(1000);
  const closed = closing(socket);
  socket.send("x".repeat(1001));
  expect(await closed).toBe(1009);
});

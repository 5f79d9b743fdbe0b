import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startBrowserShell, type BrowserShell } from "../../src-main/window/browser-shell.ts";
import { wallLeadMs } from "../../src-shared/wall-lead.ts";
import { decodeAudio, encodeMicrophoneFrame } from "../../src-shared/carrier-protocol.ts";
import { CAPTURE_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { FakeEndpoint } from "../fakes/fake-endpoint.ts";
import { ask, askRaw, logIn, PageSocket } from "./page-client.ts";

let folder: string;
let endpoint: FakeEndpoint;
let shell: BrowserShell;
let cookie: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "repartee-shell-"));
  mkdirSync(join(folder, "renderer", "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.html"), "outside");
  mkdirSync(join(folder, "renderer-too"));
  writeFileSync(join(folder, "renderer-too", "secret.html"), "beside");
  writeFileSync(join(folder, "renderer", "index.html"), "<!doctype html><title>the window</title>");
  writeFileSync(join(folder, "renderer", "assets", "main.js"), "export {};");
  writeFileSync(join(folder, "renderer", "notes.txt"), "not a page file");
  endpoint = new FakeEndpoint();
  const metricsText = () => "replies_total 3\n";
  const started = await startBrowserShell({
    port: 0,
    rendererFolder: join(folder, "renderer"),
    endpoint,
    metricsText,
  });
  if (!started.ok) throw new Error(started.failure.detail);
  shell = started.value;
  cookie = await logIn(shell.url);
});

afterEach(async () => {
  await shell.close();
  rmSync(folder, { recursive: true });
});

const origin = () => `http://127.0.0.1:${shell.port}`;
const openPage = async (): Promise<PageSocket> => {
  const page = new PageSocket(shell.port, { cookie, origin: origin() });
  await page.opened;
  return page;
};

test("the printed address holds at least 128 random bits, sets a strict cookie and leaves the address bar without them", async () => {
  const token = new URL(shell.url).searchParams.get("token") ?? "";
  expect(Buffer.from(token, "base64url").length).toBeGreaterThanOrEqual(16);
  const { status, headers } = await ask(shell.port, `/?token=${token}`);
  expect(status).toBe(303);
  expect(headers.location).toBe("/");
  expect(headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
});

test("with the cookie the window is served with its types, without it or with a wrong one it says where to get in", async () => {
  const page = await ask(shell.port, "/", { cookie });
  expect(page).toMatchObject({ status: 200, body: "<!doctype html><title>the window</title>" });
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  const script = await ask(shell.port, "/assets/main.js", { cookie });
  expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  for (const wrong of ["", `${cookie.split("=")[0]}=wrong`, `${cookie}x`, cookie.slice(0, -1)]) {
    const refused = await ask(shell.port, "/", { cookie: wrong });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain("Open the address that Repartee printed");
  }
  expect((await ask(shell.port, "/?token=wrong")).status).toBe(401);
  expect((await ask(shell.port, "/assets/main.js?token=x")).status).toBe(401);
});

test("the metrics are for whoever has the token, as a cookie or in the address, and the rest is not", async () => {
  const token = new URL(shell.url).searchParams.get("token") ?? "";
  const metrics = await ask(shell.port, `/metrics?token=${token}`);
  expect(metrics).toMatchObject({ status: 200, body: "replies_total 3\n" });
  expect(metrics.headers["content-type"]).toContain("version=0.0.4");
  expect((await ask(shell.port, "/metrics", { cookie })).status).toBe(200);
  expect((await ask(shell.port, "/metrics")).status).toBe(401);
  expect((await ask(shell.port, "/metrics?token=wrong")).status).toBe(401);
  expect((await ask(shell.port, `/assets/main.js?token=${token}`)).status).toBe(401);
});

test("HEAD has no body and nothing but GET and HEAD is answered", async () => {
  expect(await ask(shell.port, "/", { cookie }, "HEAD")).toMatchObject({ status: 200, body: "" });
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"])
    expect((await ask(shell.port, "/", { cookie }, method)).status).toBe(403);
});

test.each([
  "/../secret.html",
  "/%2e%2e/secret.html",
  "/..%2fsecret.html",
  "/assets/..%2f..%2fsecret.html",
  "/..%5csecret.html",
  "/../renderer-too/secret.html",
  "/%2e%2e%2frenderer-too%2fsecret.html",
  "/index.html%00.js",
  "/%",
  "/%ff%fe",
  "/assets",
  "/assets/",
  "/notes.txt",
  "/missing.js",
  "/etc/passwd",
])("nothing outside the window's files is served: %s", async (path) => {
  expect((await ask(shell.port, path, { cookie })).status).toBe(404);
});

test.each(["//", "///x", "http://", "http://other.example/", "*", "/\\\\x", "x:y"])(
  "a malformed request target does not bring the shell down: %s",
  async (target) => {
    const host = `127.0.0.1:${shell.port}`;
    const reply = await askRaw(
      shell.port,
      `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 (400|401|404|200) /);
    expect((await ask(shell.port, "/", { cookie })).status).toBe(200);
  },
);

test("every answer carries the security headers", async () => {
  for (const { headers } of [
    await ask(shell.port, "/", { cookie }),
    await ask(shell.port, "/assets/main.js", { cookie }),
    await ask(shell.port, "/", {}),
    await ask(shell.port, "/missing", { cookie }),
  ]) {
    const policy = Object.fromEntries(
      String(headers["content-security-policy"])
        .split("; ")
        .map((directive) => [directive.slice(0, directive.indexOf(" ")), directive.slice(directive.indexOf(" ") + 1)]),
    );
    expect(policy).toMatchObject({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "worker-src": "'self'",
      "connect-src": `'self' ws://127.0.0.1:${shell.port}`,
      "frame-ancestors": "'none'",
    });
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(headers["permissions-policy"]).toContain("microphone=(self)");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  }
});

test("a host name that was rebound to this machine is refused, token or not", async () => {
  const token = new URL(shell.url).searchParams.get("token");
  for (const host of ["rebound.example", `rebound.example:${shell.port}`, "127.0.0.1", `127.0.0.1:${shell.port + 1}`]) {
    expect((await ask(shell.port, "/", { cookie, host })).status).toBe(403);
    expect((await ask(shell.port, `/?token=${token}`, { host })).status).toBe(403);
  }
});

const outward = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === "IPv4" && !address.internal)?.address;

test.skipIf(!outward)(
  "the shell listens on the loopback address alone (skipped without a network address)",
  async () => {
    await expect(fetch(`http://${outward}:${shell.port}/`)).rejects.toThrow("fetch failed");
  },
);

test.each([
  ["no cookie", () => ({ origin: origin() })],
  ["a wrong cookie", () => ({ cookie: `${cookie}x`, origin: origin() })],
  ["no origin", () => ({ cookie })],
  ["another page's origin", () => ({ cookie, origin: "http://other.example" })],
  ["another port's origin", () => ({ cookie, origin: `http://127.0.0.1:${shell.port + 1}` })],
  ["a file's origin", () => ({ cookie, origin: "null" })],
  [
    "a rebound host",
    () => ({ cookie, origin: `http://rebound.example:${shell.port}`, host: `rebound.example:${shell.port}` }),
  ],
])("the carrier's socket is refused with %s", async (_, headers) => {
  const page = new PageSocket(shell.port, headers());
  await expect(page.opened).rejects.toThrow("403");
  expect(endpoint.listeners.size).toBe(0);
});

test("a connection that breaks off while it is being refused harms nobody", async () => {
  const handshake = `GET /carrier HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
  await Promise.all(Array.from({ length: 20 }, () => askRaw(shell.port, handshake)));
  expect((await ask(shell.port, "/", { cookie })).status).toBe(200);
});

test("requests are answered under their id and events reach every window", async () => {
  endpoint.answer = (name) => ({ ok: true, value: name });
  const [first, second] = [await openPage(), await openPage()];
  first.send({ kind: "request", id: 7, name: "stop-speaking", input: {} });
  await vi.waitFor(() =>
    expect(first.messages).toContainEqual({ kind: "answer", id: 7, outcome: { ok: true, value: "stop-speaking" } }),
  );
  expect(endpoint.requests).toEqual([{ name: "stop-speaking", input: {} }]);
  expect(second.messages.some(({ kind }) => kind === "answer")).toBe(false);
  for (const listener of endpoint.listeners) listener({ kind: "connection", open: false });
  for (const page of [first, second])
    await vi.waitFor(() =>
      expect(page.messages).toContainEqual({ kind: "event", event: { kind: "connection", open: false } }),
    );
});

test("microphone frames go up and speech comes down bit for bit; a page that goes away is detached", async () => {
  const page = await openPage();
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
  await vi.waitFor(() => expect(endpoint.session).toBeDefined());
  const frames: { pcm: number[]; endedAtMs: number }[] = [];
  if (endpoint.session)
    endpoint.session.onMicrophoneFrame = ({ pcm, endedAtMs }) => frames.push({ pcm: [...pcm], endedAtMs });
  const pcm = Float32Array.from({ length: CAPTURE_FRAME_SAMPLES }, (_, index) => Math.sin(index));
  page.socket.send(encodeMicrophoneFrame({ pcm, endedAtMs: 1234.5 }));
  await vi.waitFor(() => expect(frames).toEqual([{ pcm: [...pcm], endedAtMs: 1234.5 }]));

  endpoint.session?.sendSpeakerCommand({ kind: "begin", generation: 3, firstSample: 0 });
  endpoint.session?.sendSpeakerCommand({ kind: "pcm", generation: 3, pcm });
  await vi.waitFor(() => expect(page.audio).toHaveLength(1));
  expect(page.messages).toContainEqual({ kind: "speaker", message: { kind: "begin", generation: 3, firstSample: 0 } });
  const down = decodeAudio(page.audio[0] as Buffer);
  expect(down).toMatchObject({ ok: true, value: { kind: "speaker", generation: 3 } });
  if (down.ok && down.value.kind === "speaker") expect([...down.value.pcm]).toEqual([...pcm]);

  const reports: unknown[] = [];
  if (endpoint.session) endpoint.session.onSpeakerReport = (report) => reports.push(report);
  page.send({ kind: "speaker", message: { kind: "audible", generation: 3, atMs: 99, outputLatencyMs: 20 } });
  await vi.waitFor(() => expect(reports).toEqual([{ kind: "audible", generation: 3, atMs: 99, outputLatencyMs: 20 }]));

  page.socket.close();
  await vi.waitFor(() => expect(endpoint.detached).toBe(1));
  expect(endpoint.listeners.size).toBe(0);
});

test("the times of a page that was loaded after the machine slept are on the session clock", async () => {
  const page = await openPage();
  const HOUR_MS = 3_600_000;
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) - HOUR_MS });
  await vi.waitFor(() => expect(endpoint.session).toBeDefined());
  const first = endpoint.session;
  const times: number[] = [];
  if (first) first.onMicrophoneFrame = ({ endedAtMs }) => times.push(endedAtMs);
  if (first) first.onSpeakerReport = (report) => times.push("atMs" in report ? report.atMs : Number.NaN);
  page.socket.send(encodeMicrophoneFrame({ pcm: new Float32Array(CAPTURE_FRAME_SAMPLES), endedAtMs: HOUR_MS + 50 }));
  page.send({ kind: "speaker", message: { kind: "audible", generation: 3, atMs: HOUR_MS + 99, outputLatencyMs: 20 } });
  await vi.waitFor(() => expect(times).toHaveLength(2));
  expect(Math.abs((times[0] as number) - 50)).toBeLessThan(20);
  expect(Math.abs((times[1] as number) - 99)).toBeLessThan(20);
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
  await vi.waitFor(() => expect(endpoint.session).not.toBe(first));
  expect(endpoint.detached).toBe(1);
});

test.each([
  ["text that is not JSON", "garbage"],
  ["an unknown kind", JSON.stringify({ kind: "shutdown" })],
  ["a field that is not in the protocol", JSON.stringify({ kind: "audio-ports", wallLeadMs: 0, extra: 1 })],
  [
    "a counter that is not a number",
    JSON.stringify({ kind: "speaker", message: { kind: "progress", generation: "x" } }),
  ],
  ["a name that is too long", JSON.stringify({ kind: "request", id: 1, name: "x".repeat(101), input: {} })],
  ["binary garbage", Buffer.from([9, 9, 9])],
  ["a frame of the wrong length", Buffer.from(encodeMicrophoneFrame({ pcm: new Float32Array(10), endedAtMs: 0 }))],
])("a page that sends %s is dropped with 1002 and a reason", async (_, message) => {
  const page = await openPage();
  page.socket.send(message);
  page.send({ kind: "request", id: 1, name: "stop-speaking", input: {} });
  expect(await page.closed).toEqual({ code: 1002, reason: expect.stringMatching(/^unknown /) });
  expect(endpoint.requests).toEqual([]);
  await vi.waitFor(() => expect(endpoint.listeners.size).toBe(0));
});

test("a page that sends more than 64 KB at once is dropped with 1009", async () => {
  const page = await openPage();
  page.socket.send("x".repeat(70_000));
  expect((await page.closed).code).toBe(1009);
});

test("a page that does not read is cut off before it fills the memory", async () => {
  const page = await openPage();
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
  await vi.waitFor(() => expect(endpoint.session).toBeDefined());
  page.socket.pause();
  const pcm = new Float32Array(24_000 * 5);
  for (let second = 0; second < 200 && endpoint.session; second++) {
    endpoint.session.sendSpeakerCommand({ kind: "pcm", generation: 1, pcm });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => expect(endpoint.detached).toBe(1));
});

test("closing says goodbye to pages and does not wait for one that is stuck", async () => {
  const [page, stuck] = [await openPage(), await openPage()];
  stuck.socket.pause();
  const startedAt = performance.now();
  await shell.close();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await page.closed).toEqual({ code: 1001, reason: "Repartee is closing" });
  stuck.socket.terminate();
});

test("a port that is taken is a port-in-use failure", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const { port } = blocker.address() as { port: number };
  const started = await startBrowserShell({ port, rendererFolder: folder, endpoint });
  blocker.close();
  expect(started).toMatchObject({
    ok: false,
    failure: { code: "port-in-use", detail: expect.stringContaining(`${port}`) },
  });
});

import { expect, test, vi } from "vitest";
import { CAPTURE_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { decodeAudio, encodeMicrophoneFrame } from "../../src-shared/carrier-protocol.ts";
import { wallLeadMs } from "../../src-shared/wall-lead.ts";
import { ask, askRaw, PageSocket } from "./page-client.ts";
import { ShellStage } from "./shell-stage.ts";

const stage = new ShellStage();

test.each([
  ["no cookie", () => ({ origin: stage.origin })],
  ["a wrong cookie", () => ({ cookie: `${stage.cookie}x`, origin: stage.origin })],
  ["no origin", () => ({ cookie: stage.cookie })],
  ["another page's origin", () => ({ cookie: stage.cookie, origin: "http://other.example" })],
  ["another port's origin", () => ({ cookie: stage.cookie, origin: `http://127.0.0.1:${stage.shell.port + 1}` })],
  ["a file's origin", () => ({ cookie: stage.cookie, origin: "null" })],
  [
    "a rebound host",
    () => ({
      cookie: stage.cookie,
      origin: `http://rebound.example:${stage.shell.port}`,
      host: `rebound.example:${stage.shell.port}`,
    }),
  ],
])("the carrier's socket is refused with %s", async (_, headers) => {
  const page = new PageSocket(stage.shell.port, headers());
  await expect(page.opened).rejects.toThrow("403");
  expect(stage.endpoint.listeners.size).toBe(0);
});

test("a connection that breaks off while it is being refused harms nobody", async () => {
  const handshake = `GET /carrier HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`;
  await Promise.all(Array.from({ length: 20 }, () => askRaw(stage.shell.port, handshake)));
  expect((await ask(stage.shell.port, "/", { cookie: stage.cookie })).status).toBe(200);
});

test("requests are answered under their id and events reach every window", async () => {
  stage.endpoint.answer = (name) => ({ ok: true, value: name });
  const [first, second] = [await stage.openPage(), await stage.openPage()];
  first.send({ kind: "request", id: 7, name: "stop-speaking", input: {} });
  await vi.waitFor(() =>
    expect(first.messages).toContainEqual({ kind: "answer", id: 7, outcome: { ok: true, value: "stop-speaking" } }),
  );
  expect(stage.endpoint.requests).toEqual([{ name: "stop-speaking", input: {} }]);
  expect(second.messages.some(({ kind }) => kind === "answer")).toBe(false);
  for (const listener of stage.endpoint.listeners) listener({ kind: "connection", open: false });
  for (const page of [first, second])
    await vi.waitFor(() =>
      expect(page.messages).toContainEqual({ kind: "event", event: { kind: "connection", open: false } }),
    );
});

test("microphone frames go up and speech comes down bit for bit; a page that goes away is detached", async () => {
  const page = await stage.openPage();
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
  await vi.waitFor(() => expect(stage.endpoint.session).toBeDefined());
  const frames: { pcm: number[]; endedAtMs: number }[] = [];
  if (stage.endpoint.session)
    stage.endpoint.session.onMicrophoneFrame = ({ pcm, endedAtMs }) => frames.push({ pcm: [...pcm], endedAtMs });
  const pcm = Float32Array.from({ length: CAPTURE_FRAME_SAMPLES }, (_, index) => Math.sin(index));
  page.socket.send(encodeMicrophoneFrame({ pcm, endedAtMs: 1234.5 }));
  await vi.waitFor(() => expect(frames).toEqual([{ pcm: [...pcm], endedAtMs: 1234.5 }]));

  stage.endpoint.session?.sendSpeakerCommand({ kind: "begin", generation: 3, firstSample: 0 });
  stage.endpoint.session?.sendSpeakerCommand({ kind: "pcm", generation: 3, pcm });
  await vi.waitFor(() => expect(page.audio).toHaveLength(1));
  expect(page.messages).toContainEqual({ kind: "speaker", message: { kind: "begin", generation: 3, firstSample: 0 } });
  const down = decodeAudio(page.audio[0] as Buffer);
  expect(down).toMatchObject({ ok: true, value: { kind: "speaker", generation: 3 } });
  if (down.ok && down.value.kind === "speaker") expect([...down.value.pcm]).toEqual([...pcm]);

  const reports: unknown[] = [];
  if (stage.endpoint.session) stage.endpoint.session.onSpeakerReport = (report) => reports.push(report);
  page.send({ kind: "speaker", message: { kind: "audible", generation: 3, atMs: 99, outputLatencyMs: 20 } });
  await vi.waitFor(() => expect(reports).toEqual([{ kind: "audible", generation: 3, atMs: 99, outputLatencyMs: 20 }]));

  page.socket.close();
  await vi.waitFor(() => expect(stage.endpoint.detached).toBe(1));
  expect(stage.endpoint.listeners.size).toBe(0);
});

test("the times of a page that was loaded after the machine slept are on the session clock", async () => {
  const page = await stage.openPage();
  const HOUR_MS = 3_600_000;
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) - HOUR_MS });
  await vi.waitFor(() => expect(stage.endpoint.session).toBeDefined());
  const first = stage.endpoint.session;
  const times: number[] = [];
  if (first) first.onMicrophoneFrame = ({ endedAtMs }) => times.push(endedAtMs);
  if (first) first.onSpeakerReport = (report) => times.push("atMs" in report ? report.atMs : Number.NaN);
  page.socket.send(encodeMicrophoneFrame({ pcm: new Float32Array(CAPTURE_FRAME_SAMPLES), endedAtMs: HOUR_MS + 50 }));
  page.send({ kind: "speaker", message: { kind: "audible", generation: 3, atMs: HOUR_MS + 99, outputLatencyMs: 20 } });
  await vi.waitFor(() => expect(times).toHaveLength(2));
  expect(Math.abs((times[0] as number) - 50)).toBeLessThan(20);
  expect(Math.abs((times[1] as number) - 99)).toBeLessThan(20);
});

test("a page that renews its audio ports stays the same page, and its clock is read anew", async () => {
  const page = await stage.openPage();
  const HOUR_MS = 3_600_000;
  const times: number[] = [];
  for (const leadMs of [HOUR_MS, 0]) {
    page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) - leadMs });
    await vi.waitFor(() => expect(stage.endpoint.session).toBeDefined());
    const { session } = stage.endpoint;
    if (session) session.onMicrophoneFrame = ({ endedAtMs }) => times.push(endedAtMs);
    page.socket.send(encodeMicrophoneFrame({ pcm: new Float32Array(CAPTURE_FRAME_SAMPLES), endedAtMs: leadMs + 50 }));
  }
  await vi.waitFor(() => expect(times).toHaveLength(2));
  for (const timeMs of times) expect(Math.abs(timeMs - 50)).toBeLessThan(20);
  expect(stage.endpoint.detached).toBe(0);
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
  const page = await stage.openPage();
  page.socket.send(message);
  page.send({ kind: "request", id: 1, name: "stop-speaking", input: {} });
  expect(await page.closed).toEqual({ code: 1002, reason: expect.stringMatching(/^unknown /) });
  expect(stage.endpoint.requests).toEqual([]);
  await vi.waitFor(() => expect(stage.endpoint.listeners.size).toBe(0));
});

test("a page that sends more than 64 KB at once is dropped with 1009", async () => {
  const page = await stage.openPage();
  page.socket.send("x".repeat(70_000));
  expect((await page.closed).code).toBe(1009);
});

test("a page that does not read is cut off before it fills the memory", async () => {
  const page = await stage.openPage();
  page.send({ kind: "audio-ports", wallLeadMs: wallLeadMs(Date, performance) });
  await vi.waitFor(() => expect(stage.endpoint.session).toBeDefined());
  page.socket.pause();
  const pcm = new Float32Array(24_000 * 5);
  for (let second = 0; second < 200 && stage.endpoint.session; second++) {
    stage.endpoint.session.sendSpeakerCommand({ kind: "pcm", generation: 1, pcm });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => expect(stage.endpoint.detached).toBe(1));
});

test("closing says goodbye to pages and does not wait for one that is stuck", async () => {
  const [page, stuck] = [await stage.openPage(), await stage.openPage()];
  stuck.socket.pause();
  const startedAt = performance.now();
  await stage.shell.close();
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  expect(await page.closed).toEqual({ code: 1001, reason: "Repartee is closing" });
  stuck.socket.terminate();
});

import { setTimeout as delay } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { failure } from "../../../src-shared/failure.ts";
import { decodeLogEvent, encodeLogEvent } from "../../../src-main/wire/vibevoice/log-events.ts";
import { encodePcm16, Pcm16Reader } from "../../../src-main/wire/vibevoice/pcm-16.ts";
import { vibevoiceServer } from "../../../src-main/wire/vibevoice/vibevoice-server.ts";
import { createVibevoiceSynthesizer } from "../../../src-main/wire/vibevoice/vibevoice-synthesizer.ts";
import { FakeEngines, spokenWord } from "../fake-engines.ts";
import { hearSpeech } from "../heard-speech.ts";
import { startTestServer, type TestServer } from "../start-test-server.ts";

let engines: FakeEngines;
let server: TestServer;

beforeEach(async () => {
  engines = new FakeEngines();
  server = await startTestServer([vibevoiceServer({ engines, mostAtOnce: 1 })]);
});

/** All messages of a stream, and how it was closed. */
async function stream(query: string): Promise<{ messages: (Buffer | string)[]; code: number; reason: string }> {
  const socket = new WebSocket(`${server.socketUrl}/stream?${query}`);
  const messages: (Buffer | string)[] = [];
  socket.on("message", (data, isBinary) => messages.push(isBinary ? (data as Buffer) : (data as Buffer).toString()));
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", (code, reason) => resolve({ messages, code, reason: String(reason) }));
  });
}

function eventsOf(messages: readonly (Buffer | string)[]): readonly string[] {
  return messages.filter((message) => typeof message === "string").map((text) => decodeLogEvent(text)?.event ?? "?");
}

test("the configuration names the voices in order, and the default", async () => {
  const config = await (await fetch(`${server.url}/config`)).json();
  expect(config).toEqual({ voices: ["kal", "slt"], default_voice: "slt" });
});

test("a text is answered with its samples in chunks of 133 ms, each followed by its progress", async () => {
  engines.samplesOfWord = 8_000;
  const { messages, code } = await stream("text=hello&voice=kal&cfg=2&steps=7");
  const audio = messages.filter((message) => typeof message !== "string");
  expect(audio.map(({ length }) => length)).toEqual([6_400, 6_400, 3_200]);
  expect(Buffer.concat(audio)).toEqual(Buffer.from(encodePcm16(spokenWord(1, 8_000))));
  expect(eventsOf(messages)).toEqual([
    "backend_request_received",
    "backend_first_chunk_sent",
    "model_progress",
    "model_progress",
    "model_progress",
    "backend_stream_complete",
  ]);
  expect(decodeLogEvent(messages[0] as string)?.data).toEqual({
    text_length: 5,
    cfg_scale: 2,
    inference_steps: 7,
    voice: "kal",
  });
  expect(decodeLogEvent(messages.at(-2) as string)?.data).toEqual({ generated_sec: 1 / 3, chunk_sec: 0.1 / 1.5 });
  expect(code).toBe(1000);
});

test("what makes no sense in the query falls back to the defaults", async () => {
  const { messages } = await stream("text=hello&voice=nobody&cfg=-1&steps=many");
  expect(decodeLogEvent(messages[0] as string)?.data).toMatchObject({
    cfg_scale: 1.5,
    inference_steps: 5,
    voice: "slt",
  });
});

test("no text is complete at once", async () => {
  const { messages, code } = await stream("text=%20");
  expect(eventsOf(messages)).toEqual(["backend_request_received", "backend_stream_complete"]);
  expect(code).toBe(1000);
});

test("who comes while all are busy is told so and closed with 1013", async () => {
  const release = Promise.withResolvers<void>();
  engines.beforeWord = () => release.promise;
  const first = stream("text=hello");
  await expect.poll(() => engines.styles.length).toBe(1);
  const second = await stream("text=hello");
  expect(eventsOf(second.messages)).toEqual(["backend_busy"]);
  expect([second.code, second.reason]).toEqual([1013, "Service busy"]);
  release.resolve();
  expect((await first).code).toBe(1000);
});

test("a synthesis that fails is told twice and completes with 1000", async () => {
  engines.failure = { afterWords: 1, failure: failure("speak-failed", "speak", "broke off") };
  const { messages, code } = await stream("text=one%20two");
  expect(eventsOf(messages).slice(-3)).toEqual(["generation_error", "backend_error", "backend_stream_complete"]);
  expect(code).toBe(1000);
});

test("times are those of UTC+8", () => {
  const text = encodeLogEvent({ event: "backend_stream_complete", data: {} }, Date.UTC(2026, 0, 31, 20, 5, 6, 78));
  expect(JSON.parse(text)).toEqual({
    type: "log",
    event: "backend_stream_complete",
    data: {},
    timestamp: "2026-02-01 04:05:06.078",
  });
});

test("samples are clipped and truncated, and read again whatever the cuts", () => {
  const bytes = encodePcm16(Float32Array.of(0, 1, -1, 2, -2, 0.5, -0.00004));
  expect([...new Int16Array(bytes.buffer)]).toEqual([0, 32_767, -32_767, 32_767, -32_767, 16_383, -1]);
  const wanted = [...new Int16Array(bytes.buffer)].map((sample) => sample / 32_768);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new Pcm16Reader();
    const read = [
      ...reader.read(bytes.subarray(0, cut)),
      ...reader.read(new Uint8Array()),
      ...reader.read(bytes.subarray(cut)),
    ];
    expect(read).toEqual(wanted);
    expect(reader.isInsideSample).toBe(false);
  }
});

test("client and server together: the samples arrive, words get their ends, marks their times", async () => {
  const marks: string[] = [];
  const synthesizer = createVibevoiceSynthesizer({ baseUrl: server.url, onMark: (mark) => marks.push(mark) });
  const { spoken, pcm } = await hearSpeech(synthesizer, "Good morning everyone.", { voice: "kal" });
  expect(spoken.ok && spoken.value.samples).toBe(7_200);
  expect(pcm.length).toBe(7_200);
  expect(pcm[5_000]).toBeCloseTo(0.03, 3);
  const words = spoken.ok ? spoken.value.words : [];
  expect(words.map(({ text }) => text)).toEqual(["Good", "morning", "everyone."]);
  expect(words.at(-1)?.endSample).toBe(7_200);
  expect(marks).toEqual(["request-received", "first-chunk-sent", "complete"]);
  expect(engines.styles[0]?.voice).toBe("kal");
  expect(engines.spokenTexts).toEqual(["Good morning everyone."]);
});

test("a ring that is much smaller than the speech holds the client up, and nothing is lost", async () => {
  engines.samplesOfWord = 20_000;
  const synthesizer = createVibevoiceSynthesizer({ baseUrl: server.url });
  const { pcm } = await hearSpeech(synthesizer, "one two", { capacitySamples: 1_024 });
  expect(pcm.length).toBe(40_000);
});

test("a reply that is void ends the request within moments, without a failure", async () => {
  engines.beforeWord = () => delay(20);
  const synthesizer = createVibevoiceSynthesizer({ baseUrl: server.url });
  const { spoken } = await hearSpeech(synthesizer, "word ".repeat(500), { voidAfterMs: 100 });
  expect(spoken.ok && spoken.value.samples).toBeLessThan(20 * 2_400);
});

test("a server that is not there, is busy, or cannot speak is a typed failure", async () => {
  const nobody = createVibevoiceSynthesizer({ baseUrl: "ws://127.0.0.1:9" });
  expect((await hearSpeech(nobody, "hello")).spoken).toMatchObject({
    ok: false,
    failure: { code: "source-unreachable" },
  });
  const malformed = createVibevoiceSynthesizer({ baseUrl: "not an address" });
  expect((await hearSpeech(malformed, "hello")).spoken).toMatchObject({
    ok: false,
    failure: { code: "source-unreachable" },
  });
  engines.failure = { afterWords: 0, failure: failure("speak-failed", "speak", "broke off") };
  const synthesizer = createVibevoiceSynthesizer({ baseUrl: server.url });
  expect((await hearSpeech(synthesizer, "hello")).spoken).toMatchObject({
    ok: false,
    failure: { code: "speak-failed" },
  });
});

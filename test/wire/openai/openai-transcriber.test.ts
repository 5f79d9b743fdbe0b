import { expect, onTestFinished, test } from "vitest";
import { readWav } from "../../../src-main/capture/wav-reader.ts";
import { openAiServer } from "../../../src-main/wire/openai/openai-server.ts";
import {
  createOpenAiTranscriber,
  type OpenAiTranscriberOptions,
} from "../../../src-main/wire/openai/openai-transcriber.ts";
import type { Transcriber } from "../../../src-main/turn/ports.ts";
import { RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { FakeEngines } from "../fake-engines.ts";
import { syllables } from "../signals.ts";
import { startTestServer } from "../start-test-server.ts";
import { scripted, SECRET_KEY } from "./for-one-test.ts";
import { answerBytes, chunk, chunkedHead, flood } from "./scripted-server.ts";

const PCM = syllables(1).subarray(0, 8_000);
const SECRET = "what was said";
const json = { type: "application/json" };
const NEVER = new AbortController().signal;

function transcriberOf(endpoints: readonly object[], options: Partial<OpenAiTranscriberOptions> = {}): Transcriber {
  const made = createOpenAiTranscriber({
    endpoints: endpoints.map((endpoint) => ({ baseUrl: "", model: "whisper-1", mostRetries: 0, ...endpoint })),
    ...options,
  });
  onTestFinished(() => made.close());
  return made;
}

test("our own server gets the samples, and its words come back", async () => {
  const engines = new FakeEngines();
  engines.transcript = { text: " Ask not. ", durationMs: 500, segments: [] };
  const server = await startTestServer([openAiServer({ engines })], { keys: [SECRET_KEY] });
  const transcriber = transcriberOf([{ baseUrl: server.url, apiKey: SECRET_KEY }]);
  const heard = await transcriber.transcribe({ pcm: PCM }, NEVER);
  expect(heard).toMatchObject({ ok: true, value: { text: "Ask not.", tokens: [], tokenLogProbabilities: [] } });
  const file = readWav(engines.recordings[0]!);
  if (!file.ok) throw new Error(file.failure.detail);
  const received = [...file.value.pcm];
  expect([file.value.sampleRateHz, received.length]).toEqual([RECOGNITION_RATE_HZ, PCM.length]);
  expect(Math.max(...received.map((sample, index) => Math.abs(sample - PCM[index]!)))).toBeLessThan(1e-4);
});

test("the form says what OpenAI's interface wants", async () => {
  const server = await scripted((socket) => socket.end(answerBytes('{"text":"yes"}', json)));
  await transcriberOf([server], { prompt: "Repartee" }).transcribe({ pcm: PCM }, NEVER);
  await transcriberOf([server], { language: "en" }).transcribe({ pcm: PCM }, NEVER);
  const field = (request: string | undefined, name: string) =>
    new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)\\r\\n`).exec(request ?? "")?.[1];
  const [first, second] = server.requests;
  expect(["model", "response_format", "language", "prompt"].map((name) => field(first, name))).toEqual([
    "whisper-1",
    "json",
    "auto",
    "Repartee",
  ]);
  expect(["language", "prompt"].map((name) => field(second, name))).toEqual(["en", undefined]);
  expect(first).toContain('name="file"; filename="speech.wav"\r\nContent-Type: audio/wav\r\n\r\nRIFF');
});

test("an endpoint that fails or hears nothing is followed by the next", async () => {
  const failing = await scripted((socket) => socket.end(answerBytes("", { status: "500 No" })));
  const deaf = await scripted((socket) => socket.end(answerBytes('{"text":" "}', json)));
  const hearing = await scripted((socket) => socket.end(answerBytes('{"text":"yes"}', json)));
  const codes: string[] = [];
  const onFailure = ({ code }: { readonly code: string }) => void codes.push(code);
  const all = transcriberOf([failing, deaf, hearing], { onFailure });
  for (let round = 0; round < 2; round++)
    expect(await all.transcribe({ pcm: PCM }, NEVER)).toMatchObject({ ok: true, value: { text: "yes" } });
  expect(codes).toEqual(["source-refused"]);
  expect([failing, deaf, hearing].map(({ requests }) => requests.length)).toEqual([1, 2, 2]);
  const none = transcriberOf([deaf, failing]);
  expect(await none.transcribe({ pcm: PCM }, NEVER)).toMatchObject({ ok: true, value: { text: "" } });
  const lost = await transcriberOf([failing, { baseUrl: "http://127.0.0.1:9" }]).transcribe({ pcm: PCM }, NEVER);
  expect(lost).toMatchObject({ ok: false, failure: { code: "source-unreachable", detail: /500.*; 127/ } });
});

test("a server that fails for a moment is asked again", async () => {
  const server = await scripted((socket, _request, count) =>
    socket.end(count === 1 ? answerBytes("", { status: "500 No" }) : answerBytes('{"text":"yes"}', json)),
  );
  const heard = await transcriberOf([{ ...server, mostRetries: 2 }]).transcribe({ pcm: PCM }, NEVER);
  expect(heard).toMatchObject({ ok: true, value: { text: "yes" } });
});

test("one that is not wanted any more is broken off", async () => {
  const server = await scripted(() => undefined);
  const abort = new AbortController();
  const transcriber = transcriberOf([server]);
  const heard = transcriber.transcribe({ pcm: PCM }, abort.signal);
  await expect.poll(() => server.requests.length, { interval: 5 }).toBe(1);
  abort.abort(new Error("not wanted"));
  await expect(heard).rejects.toThrow("not wanted");
  await expect.poll(() => server.open.size, { interval: 5 }).toBe(0);
  await transcriber.close();
  await expect(transcriber.transcribe({ pcm: PCM }, NEVER)).rejects.toThrow(/aborted/);
});

test.each<[string, Parameters<typeof scripted>[0], string]>([
  ["never answers", () => undefined, "source-timeout"],
  [
    "stops in its answer",
    (socket) => socket.write(Buffer.concat([chunkedHead(), chunk(Buffer.from('{"te'))])),
    "source-timeout",
  ],
  [
    "sends letter after letter",
    (socket) => {
      socket.write(chunkedHead());
      const timer = setInterval(() => socket.write(chunk(Buffer.from("x"))), 20);
      socket.on("close", () => clearInterval(timer));
    },
    "source-timeout",
  ],
  [
    "sends a text without end",
    (socket) => flood(socket, chunkedHead(), chunk(Buffer.alloc(9_999, " "))),
    "protocol-error",
  ],
  ["sends a page", (socket) => socket.end(answerBytes(`<p>${SECRET}</p>`, { type: "text/html" })), "protocol-error"],
  ["sends another text", (socket) => socket.end(answerBytes(`{"texts":"${SECRET}"}`, json)), "protocol-error"],
  ["sends a number for a text", (socket) => socket.end(answerBytes('{"text":7}', json)), "protocol-error"],
  ["sends nothing", (socket) => socket.end(answerBytes("", json)), "protocol-error"],
  ["refuses", (socket) => socket.end(answerBytes(SECRET, { status: "400 No" })), "source-refused"],
  ["hangs up", (socket) => socket.destroy(), "source-unreachable"],
])("a server that %s is a failure in time, and what it says is not repeated", async (_name, answer, code) => {
  const server = await scripted(answer);
  const startedAtMs = performance.now();
  const transcriber = transcriberOf([{ ...server, apiKey: SECRET_KEY }], { timeoutMs: 300 });
  const heard = await transcriber.transcribe({ pcm: PCM }, NEVER);
  expect(performance.now() - startedAtMs).toBeLessThan(3_000);
  expect(heard).toMatchObject({ ok: false, failure: { code } });
  expect(JSON.stringify(heard)).not.toMatch(/secret|what was said/);
  await expect.poll(() => server.open.size, { interval: 5 }).toBe(0);
});

test("a server that closes at any byte of its answer is a failure in time", async () => {
  const whole = answerBytes('{"text":"yes"}', json);
  let next = 0;
  const server = await scripted((socket) => void socket.end(whole.subarray(0, next++)));
  const transcriber = transcriberOf([server]);
  for (let asked = 0; asked < whole.length; asked += 20) {
    const batch = Array.from({ length: Math.min(20, whole.length - asked) }, () =>
      transcriber.transcribe({ pcm: PCM.subarray(0, 100) }, NEVER),
    );
    for (const heard of await Promise.all(batch)) expect(heard.ok).toBe(false);
  }
  expect(await transcriber.transcribe({ pcm: PCM }, NEVER)).toMatchObject({ ok: true, value: { text: "yes" } });
});

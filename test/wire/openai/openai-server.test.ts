import { AuthenticationError, BadRequestError, InternalServerError, OpenAI, toFile } from "openai";
import { beforeEach, expect, test } from "vitest";
import { failed, failure, succeeded } from "../../../src-shared/failure.ts";
import { openAiServer } from "../../../src-main/wire/openai/openai-server.ts";
import { wavHeader } from "../../../src-main/files/wav-header.ts";
import { decodeStream } from "../../play/decode/decode-stream.ts";
import { FakeEngines, spokenWord } from "../fake-engines.ts";
import { startTestServer } from "../start-test-server.ts";

const KEY = "a-key-of-this-test";
const TRANSCRIPT = {
  text: "Ask not. What your country can do?",
  durationMs: 3_210,
  segments: [
    {
      startMs: 320,
      endMs: 1_000,
      text: "Ask not.",
      meanLogProbability: -0.25,
      words: [
        { text: "Ask", startMs: 320, endMs: 600 },
        { text: "not.", startMs: 650, endMs: 1_000 },
      ],
    },
    { startMs: 3_600_000, endMs: 3_601_234, text: "What your country can do?", meanLogProbability: -0.5, words: [] },
  ],
};

let engines: FakeEngines;
let client: OpenAI;
let base = "";

beforeEach(async () => {
  engines = new FakeEngines();
  engines.transcript = TRANSCRIPT;
  const protocol = openAiServer({
    engines,
    mostFileBytes: 100_000,
  });
  const server = await startTestServer([protocol], { keys: [KEY] });
  base = `${server.url}/v1`;
  client = new OpenAI({ baseURL: base, apiKey: KEY, maxRetries: 0 });
});

const speech = { model: "tts-1", voice: "alloy", input: "One two three." } as const;
const wav = (seconds: number, rateHz = 16_000) =>
  toFile(
    Buffer.concat([
      wavHeader({ sampleRateHz: rateHz, channels: 1 }, seconds * rateHz * 2),
      Buffer.alloc(seconds * rateHz * 2, 3),
    ]),
    "a.wav",
  );

test.each([
  ["pcm", "s16le", "audio/pcm"],
  ["wav", "wav", "audio/wav"],
  ["flac", "flac", "audio/flac"],
  ["mp3", "mp3", "audio/mpeg"],
  ["opus", "ogg-opus", "audio/ogg"],
  [undefined, "mp3", "audio/mpeg"],
] as const)("the client gets speech as %s", async (format, encoding, type) => {
  const response = await client.audio.speech.create({ ...speech, ...(format && { response_format: format }) });
  expect(response.headers.get("content-type")).toBe(type);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { pcm, sampleRateHz, decodeErrors } = await decodeStream(encoding, [bytes]);
  expect(decodeErrors).toBe(0);
  const durationMs = (pcm.length * 1_000) / sampleRateHz;
  expect(durationMs).toBeGreaterThanOrEqual(300);
  expect(durationMs).toBeLessThan(encoding === "mp3" ? 400 : 301);
  if (encoding === "s16le") expect(pcm.at(-1)).toBeCloseTo(spokenWord(3, 1)[0]!, 4);
  expect(engines.styles).toEqual([{ voice: "slt", rateRatio: 1 }]);
  expect(engines.spokenTexts).toEqual([speech.input]);
});

test("our own voices and the speed are passed on, and voices by their id", async () => {
  await client.audio.speech.create({ ...speech, voice: "kal", speed: 0.25, instructions: "Cheerfully." });
  await client.audio.speech.create({ ...speech, voice: { id: "kal" }, speed: 4 });
  expect(engines.styles).toEqual([
    { voice: "kal", rateRatio: 0.25 },
    { voice: "kal", rateRatio: 4 },
  ]);
});

test.each(["pcm", "wav", "mp3", "flac", "opus"] as const)(
  "the first bytes of %s come before the text is spoken to its end",
  async (response_format) => {
    const gate = Promise.withResolvers<void>();
    let words = 0;
    engines.beforeWord = () => (++words > 2 ? gate.promise : undefined);
    const response = await client.audio.speech.create({ ...speech, response_format });
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    gate.resolve();
    let isDone = false;
    while (!isDone) isDone = (await reader.read()).done;
  },
);

test("speech as server-sent events is the same audio", async () => {
  const response = await client.audio.speech.create({ ...speech, response_format: "pcm", stream_format: "sse" });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events = (await response.text()).trim().split("\n\n");
  const parsed = events.map((event) => JSON.parse(event.replace(/^data: /, "")) as Record<string, string>);
  expect(parsed.at(-1)).toMatchObject({ type: "speech.audio.done" });
  const audio = parsed.slice(0, -1).map(({ audio }) => Buffer.from(audio ?? "", "base64"));
  expect(Buffer.concat(audio).length).toBe(3 * 2_400 * 2);
});

test("who goes away ends the speech", async () => {
  const ended = Promise.withResolvers<string>();
  engines.beforeWord = () => new Promise((resolve) => setTimeout(resolve, 5));
  const speak = engines.speak.bind(engines);
  engines.speak = async function* (text, style, signal) {
    signal.addEventListener("abort", () => ended.resolve("ended"));
    yield* speak(text, style, signal);
  };
  const abort = new AbortController();
  const long = { ...speech, input: "word ".repeat(800), response_format: "pcm" } as const;
  const response = await client.audio.speech.create(long, { signal: abort.signal });
  await response.body!.getReader().read();
  abort.abort();
  expect(await ended.promise).toBe("ended");
});

test("an engine that fails is a server error before the first byte and a broken connection after it", async () => {
  const problem = failure("speak-failed", "speak", "what was said: a secret");
  engines.failure = { afterWords: 0, failure: problem };
  const refused = await client.audio.speech.create(speech).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InternalServerError);
  expect(String(refused)).not.toContain("secret");
  engines.failure = { afterWords: 2, failure: problem };
  const cut = await client.audio.speech.create({ ...speech, response_format: "pcm" });
  await expect(cut.arrayBuffer()).rejects.toThrow(/terminated/);
});

test.each([
  [{ ...speech, response_format: "aac" }, "response_format", /aac cannot be made here/],
  [{ ...speech, response_format: "ogg" }, "response_format", /must be one of pcm, wav, mp3, flac, opus/],
  [{ ...speech, input: "" }, "input", /empty/],
  [{ ...speech, input: " \n" }, "input", /empty/],
  [{ ...speech, input: "x".repeat(4_097) }, "input", /4096 characters/],
  [{ ...speech, input: 7 }, "input", /string/],
  [{ ...speech, voice: undefined }, "voice", /name of a voice/],
  [{ ...speech, voice: "" }, "voice", /empty/],
  [{ ...speech, model: undefined }, "model", /string/],
  [{ ...speech, speed: 0.2 }, "speed", /0.25 to 4/],
  [{ ...speech, speed: 4.5 }, "speed", /0.25 to 4/],
  [{ ...speech, speed: "fast" }, "speed", /number/],
  [{ ...speech, stream_format: "wav" }, "stream_format", /audio or sse/],
  [["no object"], null, /JSON object/],
])("wrong speech requests are told what is wrong (%#)", async (body, param, message) => {
  const problem = await client.post("/audio/speech", { body }).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(BadRequestError);
  expect(problem).toMatchObject({ status: 400, param, type: "invalid_request_error" });
  expect((problem as Error).message).toMatch(message);
});

test("4096 characters are not too many, however many bytes they take", async () => {
  engines.speak = async function* () {
    yield { pcm: new Float32Array(10), words: [] };
  };
  const response = await client.audio.speech.create({ ...speech, input: "\u{1f600}".repeat(4_096) });
  expect(response.status).toBe(200);
});

test.each([
  ["no JSON", { method: "POST", body: "{" }, 400],
  ["too long a body", { method: "POST", body: "x".repeat(140_000) }, 413],
  ["the wrong method", { method: "GET" }, 405],
])("%s is refused in OpenAI's shape", async (_name, init, status) => {
  const response = await fetch(`${base}/audio/speech`, { ...init, headers: { authorization: `Bearer ${KEY}` } });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    error: { message: expect.any(String), type: "invalid_request_error" },
  });
});

test("a wrong key is refused", async () => {
  const stranger = new OpenAI({ baseURL: base, apiKey: "wrong", maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
  await expect(stranger.audio.speech.create(speech)).rejects.toBeInstanceOf(AuthenticationError);
  await expect(stranger.audio.transcriptions.create({ model: "whisper-1", file: await wav(1) })).rejects.toBeInstanceOf(
    AuthenticationError,
  );
});

test("models and voices are listed", async () => {
  const ids = (await client.models.list()).data.map(({ id }) => id);
  expect(ids).toContain("tts-1");
  expect(ids).toContain("whisper-1");
  expect(await client.models.retrieve("whisper-1")).toMatchObject({ id: "whisper-1", object: "model" });
  await expect(client.models.retrieve("gpt-none")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  expect(await client.get("/audio/voices")).toEqual({ voices: ["slt", "kal"] });
});

test("the client gets transcripts in each format", async () => {
  const transcribe = async (more: object) =>
    client.audio.transcriptions.create({ model: "whisper-1", file: await wav(2, 8_000), ...more });
  expect(await transcribe({})).toEqual({ text: TRANSCRIPT.text, usage: { type: "duration", seconds: 4 } });
  expect(engines.recordings).toEqual([Buffer.from(await (await wav(2, 8_000)).arrayBuffer())]);
  expect(await transcribe({ response_format: "text", language: "auto" })).toBe(`${TRANSCRIPT.text}\n`);
  expect(await transcribe({ response_format: "srt", language: "en" })).toBe(
    "1\n00:00:00,320 --> 00:00:01,000\nAsk not.\n\n2\n01:00:00,000 --> 01:00:01,234\nWhat your country can do?\n",
  );
  expect(await transcribe({ response_format: "vtt" })).toMatch(
    /^WEBVTT\n\n00:00:00.320 --> 00:00:01.000\nAsk not.\n\n/,
  );
  const verbose = { task: "transcribe", language: "english", duration: 3.21, text: TRANSCRIPT.text };
  const segments = [
    { id: 0, start: 0.32, end: 1, text: "Ask not.", avg_logprob: -0.25, no_speech_prob: 0, tokens: [] },
    { id: 1, start: 3_600, end: 3_601.234, avg_logprob: -0.5 },
  ];
  const words = [
    { word: "Ask", start: 0.32, end: 0.6 },
    { word: "not.", start: 0.65, end: 1 },
  ];
  const bySegment = await transcribe({ response_format: "verbose_json" });
  expect(bySegment).toMatchObject({ ...verbose, segments });
  expect(bySegment).not.toHaveProperty("words");
  const byWord = await transcribe({ response_format: "verbose_json", timestamp_granularities: ["word"] });
  expect(byWord).toMatchObject({ ...verbose, words });
  expect(byWord).not.toHaveProperty("segments");
  const both = await transcribe({ response_format: "verbose_json", timestamp_granularities: ["word", "segment"] });
  expect(both).toMatchObject({ words, segments });
});

test("the client gets a transcript as a stream", async () => {
  const stream = await client.audio.transcriptions.create({ model: "whisper-1", file: await wav(1), stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  expect(events).toEqual([
    { type: "transcript.text.delta", delta: "Ask not." },
    { type: "transcript.text.delta", delta: " What your country can do?" },
    { type: "transcript.text.done", text: TRANSCRIPT.text },
  ]);
});

test.each<[string, object, string, number]>([
  ["response_format", { response_format: "diarized_json" }, "response_format", 400],
  ["language", { language: "de" }, "language", 400],
  ["model", { model: "" }, "model", 400],
  ["temperature", { temperature: 2 }, "temperature", 400],
  [
    "granularity",
    { response_format: "verbose_json", timestamp_granularities: ["line"] },
    "timestamp_granularities",
    400,
  ],
  ["granularity without times", { timestamp_granularities: ["word"] }, "timestamp_granularities", 400],
  ["a stream of subtitles", { stream: true, response_format: "srt" }, "stream", 400],
  ["an empty file", { file: new File([], "a.wav") }, "file", 400],
  ["too long a file", { file: new File([Buffer.alloc(100_001)], "a.wav") }, "file", 413],
])("wrong transcription requests are told what is wrong: %s", async (_name, more, param, status) => {
  const order = { model: "whisper-1", file: await wav(1), ...more };
  const problem = await client.audio.transcriptions.create(order).catch((error: unknown) => error);
  expect(problem).toMatchObject({ status, param, type: "invalid_request_error" });
});

test("what is no audio, holds none or is too long, and an engine that fails, are told", async () => {
  for (const [code, words] of [
    ["input-unreadable", "not audio"],
    ["input-empty", "no audio"],
  ] as const) {
    engines.transcribe = async () => failed(code, "wire", "a secret");
    const order = { model: "m", file: await wav(1) };
    const problem = await client.audio.transcriptions.create(order).catch((error: unknown) => error);
    expect(problem).toMatchObject({ status: 400, param: "file", message: expect.stringContaining(words) });
  }
  engines.transcribe = async () => failed("transcribe-failed", "transcribe", "a secret");
  const failing = client.audio.transcriptions.create({ model: "m", file: await wav(1) });
  await expect(failing).rejects.toBeInstanceOf(InternalServerError);
  await expect(failing).rejects.not.toThrow(/secret/);
  engines.transcribe = async () => succeeded(TRANSCRIPT);
});

test("a form that is cut anywhere, or is none, is told so in time", async () => {
  const boundary = "xyz";
  const form = [
    `--${boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n`,
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\nRIFF\r\n`,
    `--${boundary}--\r\n`,
  ].join("");
  const send = (body: string, type = `multipart/form-data; boundary=${boundary}`) =>
    fetch(`${base}/audio/transcriptions`, {
      method: "POST",
      body,
      headers: { authorization: `Bearer ${KEY}`, "content-type": type },
    });
  const startedAtMs = performance.now();
  const cuts = Array.from({ length: form.trimEnd().length }, (_, cut) => form.slice(0, cut));
  for (const answer of await Promise.all(cuts.map((cut) => send(cut)))) {
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  }
  expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  expect((await send(form, "multipart/form-data")).status).toBe(400);
  expect((await send("{}", "application/json")).status).toBe(415);
  const fields = `--${boundary}\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n`.repeat(70);
  expect((await send(fields + form)).status).toBe(400);
  const longField = form.replace("whisper-1", "w".repeat(70_000));
  expect((await send(longField)).status).toBe(400);
  const twoFiles = form.replace(`--${boundary}--`, form.slice(form.indexOf("whisper-1") + 11));
  expect((await send(twoFiles)).status).toBe(400);
  expect((await send("x".repeat(240_000))).status).toBe(413);
});

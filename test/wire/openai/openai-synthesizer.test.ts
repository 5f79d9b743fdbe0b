import { expect, test } from "vitest";
import { toS16le } from "../../../src-main/wire/audio-encoding/pcm-encoder.ts";
import { openAiServer } from "../../../src-main/wire/openai/openai-server.ts";
import type { Failure } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { FakeEngines, spokenWord } from "../fake-engines.ts";
import { hearSpeech } from "../heard-speech.ts";
import { likenessNearby, syllables } from "../signals.ts";
import { startTestServer } from "../start-test-server.ts";
import { scripted, SECRET_KEY, SECRET_TEXT, SPEECH, synthesizerOf, wavOf } from "./for-one-test.ts";
import { answerBytes, chunk, chunkedHead, flood } from "./scripted-server.ts";

/** The JSON that was asked with. */
function asked(request: string | undefined): Record<string, unknown> {
  const text = Buffer.from(request ?? "", "latin1").toString("utf8");
  return JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) as Record<string, unknown>;
}

test.each(["pcm", "wav", "mp3", "opus", "flac"] as const)("our own server is heard as %s", async (format) => {
  const engines = new FakeEngines();
  const server = await startTestServer([openAiServer({ engines })], {
    keys: [SECRET_KEY],
  });
  const baseUrl = `http://127.0.0.1:${server.port}`;
  const speak = synthesizerOf([{ baseUrl, apiKey: SECRET_KEY, format }]);
  const { spoken, pcm } = await hearSpeech(speak, "One two three.", { voice: "kal" });
  if (!spoken.ok) throw new Error(spoken.failure.detail);
  expect(spoken.value.samples).toBe(pcm.length);
  expect(Math.abs(pcm.length - 7_200)).toBeLessThanOrEqual(format === "mp3" ? 2_400 : 1);
  if (format === "pcm") expect(pcm.at(-1)).toBeCloseTo(spokenWord(3, 1)[0]!, 4);
  expect(spoken.value.words.map(({ text }) => text)).toEqual(["One", "two", "three."]);
  expect(spoken.value.words.at(-1)?.endSample).toBe(pcm.length);
  expect(spoken.value.lastPcmAtMs).toBeGreaterThanOrEqual(spoken.value.firstPcmAtMs);
  expect(engines.styles).toEqual([{ voice: "kal", rateRatio: 1 }]);
});

test("it is heard while it comes", async () => {
  const heard = Promise.withResolvers<void>();
  const server = await scripted((socket) => {
    socket.write(Buffer.concat([chunkedHead(), chunk(SPEECH)]));
    void heard.promise.then(() => socket.end(Buffer.concat([chunk(SPEECH), chunk(Buffer.alloc(0))])));
  });
  const speak = synthesizerOf([server]);
  const buffer = PcmRing.allocate(2 ** 14);
  const ring = new PcmRing(buffer);
  ring.setGeneration(3);
  const spoken = speak.speak({ text: SECRET_TEXT, voice: "nova", rateRatio: 1.5, ring: buffer, generation: 3 });
  await expect.poll(() => ring.waitingSamples, { interval: 5 }).toBe(2_400);
  heard.resolve();
  expect(await spoken).toMatchObject({ ok: true, value: { samples: 4_800 } });
  expect(asked(server.requests[0])).toEqual({
    model: "tts-1",
    input: SECRET_TEXT,
    voice: "nova",
    response_format: "pcm",
    speed: 1.5,
  });
});

test("an endpoint that fails is followed by the next, and asked last for a while", async () => {
  const broken = await scripted((socket) => socket.end(answerBytes("<h1>no</h1>", { status: "404 Not Found" })));
  const good = await scripted((socket) => socket.end(answerBytes(SPEECH)));
  const failures: Failure[] = [];
  const speak = synthesizerOf([broken, good], { onFailure: (failure) => failures.push(failure) });
  for (let round = 0; round < 2; round++) {
    const { spoken, pcm } = await hearSpeech(speak, SECRET_TEXT);
    expect(spoken).toMatchObject({ ok: true, value: { samples: 2_400 } });
    expect(pcm.length).toBe(2_400);
  }
  expect(failures).toMatchObject([{ code: "source-refused" }]);
  expect([broken.requests.length, good.requests.length]).toEqual([1, 2]);
});

test("a busy server is asked again, as often as was said", async () => {
  const server = await scripted((socket, _request, count) =>
    socket.end(count === 1 ? answerBytes("", { status: "503 Busy" }) : answerBytes(SPEECH)),
  );
  expect((await hearSpeech(synthesizerOf([{ ...server, mostRetries: 1 }]), SECRET_TEXT)).spoken.ok).toBe(true);
  expect(server.requests.length).toBe(2);
  const impatient = await scripted((socket) => socket.end(answerBytes("", { status: "503 Busy" })));
  const { spoken } = await hearSpeech(synthesizerOf([impatient]), SECRET_TEXT);
  expect(spoken).toMatchObject({ ok: false, failure: { code: "source-refused", retryable: true } });
  expect(impatient.requests.length).toBe(1);
});

test("speech that breaks off goes on elsewhere with what cannot have been heard, and nothing is heard twice", async () => {
  const text = "One two three, four five six. Seven eight nine, ten.";
  const first = await scripted((socket) => {
    socket.write(Buffer.concat([chunkedHead(), chunk(toS16le(new Float32Array(24_000).fill(0.25)))]));
    setTimeout(() => socket.destroy(), 50);
  });
  const second = await scripted((socket) => socket.end(answerBytes(toS16le(new Float32Array(2_400).fill(0.5)))));
  const { spoken, pcm } = await hearSpeech(synthesizerOf([{ ...first, mostRetries: 3 }, second]), text);
  expect(asked(first.requests[0])["input"]).toBe(text);
  expect(first.requests.length).toBe(1);
  expect(asked(second.requests[0])["input"]).toBe("Seven eight nine, ten.");
  expect(pcm.length).toBe(26_400);
  expect([pcm[0], pcm[23_999]].map((level) => level?.toFixed(2))).toEqual(["0.25", "0.25"]);
  expect([pcm[24_000], pcm[26_399]].map((level) => level?.toFixed(2))).toEqual(["0.50", "0.50"]);
  if (!spoken.ok) throw new Error(spoken.failure.detail);
  expect(spoken.value.words.map(({ text }) => text).join(" ")).toBe(text);
  expect(spoken.value.words[5]).toEqual({ text: "six.", endSample: 24_000 });
  expect(spoken.value.words.at(-1)).toEqual({ text: "ten.", endSample: 26_400 });
});

test("speech that breaks off in its last clause is a failure that says so, and nobody else is asked", async () => {
  const first = await scripted((socket) => {
    socket.write(Buffer.concat([chunkedHead(), chunk(SPEECH)]));
    setTimeout(() => socket.destroy(), 50);
  });
  const second = await scripted((socket) => socket.end(answerBytes(SPEECH)));
  const { spoken, pcm } = await hearSpeech(synthesizerOf([first, second]), "Only one clause");
  expect(spoken).toMatchObject({ ok: false, failure: { code: "source-lost", detail: /broke off after 100 ms/ } });
  expect(pcm.length).toBe(2_400);
  expect(second.requests.length).toBe(0);
});

test("half a sample at the end is left out", async () => {
  const server = await scripted((socket) => socket.end(answerBytes(Buffer.concat([SPEECH, Buffer.alloc(1)]))));
  expect((await hearSpeech(synthesizerOf([server]), SECRET_TEXT)).spoken).toMatchObject({
    ok: true,
    value: { samples: 2_400 },
  });
});

test.each([
  ["a WAV file at another rate", answerBytes(wavOf(48_000), { type: "audio/wav" }), 48_000],
  ["a WAV file where bare samples were asked for", answerBytes(wavOf(24_000), { type: "audio/x-wav" }), 24_000],
  ["bare samples whose rate is told", answerBytes(SPEECH, { type: "audio/L16; rate=8000" }), 8_000],
  ["bare samples of no told type", answerBytes(SPEECH, { type: "application/octet-stream" }), 24_000],
])("%s are played at their rate", async (_name, answer, rateHz) => {
  const server = await scripted((socket) => socket.end(answer));
  const { spoken, pcm } = await hearSpeech(synthesizerOf([server]), SECRET_TEXT);
  expect(spoken.ok).toBe(true);
  expect(Math.abs(pcm.length - (2_400 * 24_000) / rateHz)).toBeLessThanOrEqual(1);
  if (rateHz === 24_000) expect(likenessNearby(syllables(1).subarray(0, 2_400), pcm)).toBeGreaterThan(0.999);
});

test("a reply that is void hangs up, and one that says nothing asks nobody", async () => {
  const server = await scripted((socket) => flood(socket, chunkedHead(), chunk(SPEECH)));
  const speak = synthesizerOf([server]);
  const { spoken } = await hearSpeech(speak, "word ".repeat(500), { voidAfterMs: 50 });
  expect(spoken.ok).toBe(true);
  await expect.poll(() => server.open.size, { interval: 5 }).toBe(0);
  expect(await hearSpeech(speak, " … ")).toMatchObject({ spoken: { ok: true, value: { samples: 0 } } });
  expect(server.requests.filter((request) => request !== "").length).toBe(1);
});

test("a text that is too long for one request is spoken by several", async () => {
  const server = await scripted((socket) => socket.end(answerBytes(SPEECH)));
  const text = "Some words, and some more. ".repeat(200);
  const { spoken, pcm } = await hearSpeech(synthesizerOf([server]), text);
  if (!spoken.ok) throw new Error(spoken.failure.detail);
  const inputs = server.requests.map((request) => String(asked(request)["input"]));
  expect(inputs.map(({ length }) => length)).toEqual([4_089, 1_311]);
  expect(inputs.join("")).toBe(text);
  expect(pcm.length).toBe(4_800);
  expect(spoken.value.words.length).toBe(1_000);
  expect(spoken.value.words.at(-1)?.endSample).toBe(4_800);
});

test("one that is closed ends what it does, and no endpoint is a failure", async () => {
  const server = await scripted(() => undefined);
  const speak = synthesizerOf([server]);
  const hearing = hearSpeech(speak, SECRET_TEXT);
  await expect.poll(() => server.requests.length, { interval: 5 }).toBe(1);
  await speak.close();
  expect((await hearing).spoken).toMatchObject({ ok: true, value: { samples: 0 } });
  const nobody = await hearSpeech(synthesizerOf([]), SECRET_TEXT);
  expect(nobody.spoken).toMatchObject({ ok: false, failure: { code: "source-unreachable" } });
  const nowhere = await hearSpeech(
    synthesizerOf([{ baseUrl: "no address" }, { baseUrl: "http://127.0.0.1:9" }]),
    SECRET_TEXT,
  );
  expect(nowhere.spoken).toMatchObject({ ok: false, failure: { code: "source-unreachable", detail: /http:.*; 127/ } });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createOggOpusStreamDecoder } from "../../../src-main/play/decode/ogg-opus-stream-decoder.ts";
import { createLocalEngines } from "../../../src-main/serve/engines/local-engines.ts";
import { resampleAll } from "../../../src-main/streaming-resampler.ts";
import { CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import type { ListenerEvent, TimedWord } from "../../../src-main/wire/served-engines.ts";
import { chatServer } from "../../../src-main/wire/moshi-chat/chat-server.ts";
import { MoshiChat } from "../../../src-main/wire/moshi-chat/moshi-chat.ts";
import { STEP_SAMPLES } from "../../../src-main/wire/served-conversation.ts";
import { sharedSpeech, spokenText, withSilence } from "../../fixtures/speech.ts";
import { wavBytes } from "../../fixtures/wav-bytes.ts";
import { normalizedWords, wordErrorRate } from "../../fixtures/word-error-rate.ts";
import { startTestServer } from "../../wire/start-test-server.ts";

const ADDRESS =
  "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";
/** Where the energy rises after at least 100 ms of quiet. */
const ONSETS_MS = { and: 330, ask: 3_290, not: 3_980, what: 5_410 };

const folder = mkdtempSync(join(tmpdir(), "repartee-engines-"));
const failures: string[] = [];
const engines = createLocalEngines({ settingsFolder: folder, onWarning: ({ code }) => void failures.push(code) });
afterAll(async () => {
  await engines.close();
  rmSync(folder, { recursive: true });
});
const address = sharedSpeech("jfk.wav");

/** Writes `pcm`, at CAPTURE_RATE_HZ, so many seconds of it at once, and hears it to its end. */
async function hear(pcm: Float32Array, stepS: number): Promise<ListenerEvent[]> {
  const events: ListenerEvent[] = [];
  const listener = engines.listen((event) => events.push(event));
  for (let at = 0; at < pcm.length; at += stepS * CAPTURE_RATE_HZ) {
    listener.write(pcm.subarray(at, at + stepS * CAPTURE_RATE_HZ));
    while (listener.bufferedSamples > CAPTURE_RATE_HZ / 10) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await listener.flush();
  listener.close();
  return events;
}

function wavOf(pcm: Float32Array, sampleRateHz = RECOGNITION_RATE_HZ): Uint8Array {
  return wavBytes(pcm, { encoding: "float", bits: 32, channels: 1, sampleRateHz });
}

function wordsOf(events: readonly ListenerEvent[]): readonly TimedWord[] {
  return events.flatMap((event) => (event.kind === "word" ? [event.word] : []));
}

function expectPlaced(words: readonly TimedWord[]): void {
  expect(wordErrorRate(ADDRESS, words.map(({ text }) => text).join(" "))).toBeLessThan(0.05);
  for (const [text, onsetMs] of Object.entries(ONSETS_MS)) {
    const word = words.find((candidate) => candidate.text.toLowerCase() === text);
    expect(Math.abs((word?.startMs as number) - onsetMs)).toBeLessThan(150);
  }
  for (const [index, { startMs, endMs }] of words.entries()) {
    expect(endMs).toBeGreaterThan(startMs);
    expect(startMs).toBeGreaterThanOrEqual(words[index - 1]?.endMs ?? 0);
  }
}

test.skipIf(!address)("hears a person whole, written at once (skipped without shared/speech)", async () => {
  const { pcm, rateHz } = address as NonNullable<typeof address>;
  const events = await hear(await resampleAll(pcm, rateHz, CAPTURE_RATE_HZ), 60);
  expectPlaced(wordsOf(events));
  const heard = events.filter((event) => event.kind === "heard");
  expect(heard.at(-1)?.heardMs).toBeGreaterThan(10_900);
});

test.skipIf(!address)("writes a recording down with its words (skipped without shared/speech)", async () => {
  const { pcm } = address as NonNullable<typeof address>;
  const transcript = await engines.transcribe(wavOf(pcm), { words: true }, new AbortController().signal);
  if (!transcript.ok) throw new Error(transcript.failure.detail);
  expectPlaced(transcript.value.segments.flatMap(({ words }) => words));
  expect(transcript.value.durationMs).toBe(11_000);
});

test("understands what it speaks, while it is written", async () => {
  async function* text(): AsyncGenerator<string> {
    yield "The meeting begins at noon. Please bring ";
    yield "the report, and do not be late.";
  }
  const pieces: Float32Array[] = [];
  const spoken: TimedWord[] = [];
  for await (const piece of engines.speak(text(), { voice: "nobody", rateRatio: 1 }, new AbortController().signal)) {
    pieces.push(piece.pcm);
    spoken.push(...piece.words);
  }
  const pcm = new Float32Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
  expect(spoken.map((word) => word.text).join(" ")).toBe(
    "The meeting begins at noon. Please bring the report, and do not be late.",
  );
  expect(spoken.at(-1)?.endMs).toBeLessThanOrEqual((pcm.length * 1000) / PLAYBACK_RATE_HZ);
  const heard = await engines.transcribe(wavOf(pcm, PLAYBACK_RATE_HZ), { words: false }, new AbortController().signal);
  const reference = "The meeting begins at noon. Please bring the report, and do not be late.";
  expect(heard.ok && wordErrorRate(reference, heard.value.text)).toBeLessThan(0.1);
});

test("an aborted transcription rejects", async () => {
  const abort = new AbortController();
  const transcribed = engines.transcribe(wavOf(new Float32Array(RECOGNITION_RATE_HZ)), { words: false }, abort.signal);
  abort.abort();
  await expect(transcribed).rejects.toThrow(/aborted/);
});

/** What is said in so many seconds of silence, in a conversation of its own. */
async function saidIn(seconds: number): Promise<string> {
  const begun = await engines.converse({ voice: "" });
  if (!begun.ok) throw new Error(begun.failure.detail);
  const conversation = begun.value;
  let text = "";
  for (let step = 0; step < (seconds * CAPTURE_RATE_HZ) / STEP_SAMPLES; step++)
    text += (await conversation.step(new Float32Array(STEP_SAMPLES))).text.join("");
  await conversation.close();
  return text;
}

test("what came due while nobody talked is said to the next, once", { timeout: 30_000 }, async () => {
  const path = join(folder, "timers.json");
  const timer = { id: 1, kind: "timer", label: "pasta", dueAtMs: Date.now() - 150_000, lengthMs: 60_000 };
  writeFileSync(path, JSON.stringify({ version: 1, timers: [timer] }));
  expect(await saidIn(5)).toBe(" Your pasta timer was due 2 minutes ago.");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ version: 1, timers: [] });
  expect(await saidIn(1)).toBe("");
});

test("who talks to the server with our own client is answered by the assistant", { timeout: 30_000 }, async () => {
  const createOggOpusDecoder = createOggOpusStreamDecoder;
  const server = await startTestServer([chatServer({ engines, createOggOpusDecoder, mostConversations: 2 })]);
  const question = await spokenText("How many minutes are in three hours?", "slt", CAPTURE_RATE_HZ);
  let [text, loudSamples] = ["", 0];
  const ready = Promise.withResolvers<void>();
  const chat = new MoshiChat({
    url: server.socketUrl,
    createOggOpusDecoder,
    output: {
      write: (pcm) => (loudSamples += pcm.filter((sample) => Math.abs(sample) > 0.01).length),
      text: (piece) => (text += piece),
    },
    onState: ({ kind }) => kind === "ready" && ready.resolve(),
  });
  onTestFinished(() => chat.close());
  await ready.promise;
  chat.hear(withSilence(question, CAPTURE_RATE_HZ, 600, 5_000));
  const words = (): string => normalizedWords(text).join(" ");
  await expect.poll(words, { timeout: 15_000 }).toBe("three hours are one hundred eighty minutes");
  expect(loudSamples).toBeGreaterThan(PLAYBACK_RATE_HZ / 2);
  expect(failures).toEqual([]);
});

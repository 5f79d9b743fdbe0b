import { expect, test } from "vitest";
import { ListeningPace } from "../../../src-main/serve/engines/listening-pace.ts";
import { LiveListener } from "../../../src-main/serve/engines/live-listener.ts";
import { SharedTranscriber } from "../../../src-main/serve/engines/shared-transcriber.ts";
import { createEmbeddedEndOfTurn } from "../../../src-main/detect/embedded-end-of-turn.ts";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import type { ListenerEvent, TimedWord } from "../../../src-main/wire/served-engines.ts";
import { CAPTURE_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { succeeded } from "../../../src-shared/failure.ts";
import { settle } from "../../fakes/fake-stages.ts";
import { CodedAligner, CodedDetector, CodedTranscriber, sayCoded, type CodedPart } from "./coded-speech.ts";

/** Engines that hear coded speech, and the streams that they hear. */
class Room {
  readonly detector = new CodedDetector();
  readonly transcriber = new CodedTranscriber();
  readonly #shared = new SharedTranscriber([this.transcriber]);
  readonly #engines = {
    transcriber: this.#shared,
    aligner: new CodedAligner(),
    pace: new ListeningPace(this.#shared),
    predictor: createEmbeddedEndOfTurn({ judgeProsody: async () => succeeded(0) }),
  };

  listen(): Stream {
    const events: ListenerEvent[] = [];
    const listener = new LiveListener(this.#engines, this.detector.open(), (event) => events.push(event));
    return new Stream(listener, events);
  }
}

class Stream {
  readonly listener: LiveListener;
  readonly events: ListenerEvent[];

  constructor(listener: LiveListener, events: ListenerEvent[]) {
    this.listener = listener;
    this.events = events;
  }

  get words(): readonly TimedWord[] {
    return this.events.flatMap((event) => (event.kind === "word" ? [event.word] : []));
  }

  get heardMs(): number {
    const heard = this.events.findLast((event) => event.kind === "heard");
    return heard?.kind === "heard" ? heard.heardMs : 0;
  }

  /** Writes and waits until it was heard, 80 ms after 80 ms. */
  async hear(pcm: Float32Array): Promise<void> {
    for (let at = 0; at < pcm.length; at += 1_920) {
      this.listener.write(pcm.subarray(at, at + 1_920));
      while (this.listener.bufferedSamples > 900) await settle();
    }
  }
}

function drawParts(seed: number, words: number): CodedPart[] {
  const random = seededRandom(seed);
  const parts: CodedPart[] = [{ silenceMs: 700 * random() }];
  for (let word = 0; word < words; word++) {
    parts.push({ word: word * 7 + seed, ms: 160 + 400 * random() });
    if (random() < 0.2) parts.push({ silenceMs: 100 + 3_000 * random() ** 2 });
  }
  return [...parts, { silenceMs: 300 }];
}

function texts(words: readonly TimedWord[]): string {
  return words.map(({ text }) => text).join(" ");
}

function expectPlaced(told: readonly TimedWord[], said: readonly TimedWord[]): void {
  expect(texts(told)).toBe(texts(said));
  for (const [index, { startMs, endMs }] of told.entries()) {
    expect(Math.abs(startMs - (said[index] as TimedWord).startMs)).toBeLessThan(60);
    expect(Math.abs(endMs - (said[index] as TimedWord).endMs)).toBeLessThan(60);
  }
}

test.each([2, 5, 7])("tells every word once and in its place, however it is written (seed %i)", async (seed) => {
  const { pcm, words } = sayCoded(drawParts(seed, 40));
  const room = new Room();
  const inStep = room.listen();
  const inPieces = room.listen();
  const atOnce = room.listen();
  atOnce.listener.write(pcm);
  const random = seededRandom(seed);
  for (let at = 0; at < pcm.length;) {
    const length = Math.ceil(4_000 * random() ** 3);
    inPieces.listener.write(pcm.subarray(at, at + length));
    at += length;
    if (random() < 0.5) await settle();
  }
  await inStep.hear(pcm);
  for (const stream of [inStep, inPieces, atOnce]) {
    await stream.listener.flush();
    expectPlaced(stream.words, words);
    stream.listener.close();
  }
  expect(room.detector.openStreams).toBe(0);
});

test("tells words while the speech goes on, and none before it was heard", async () => {
  const { pcm, words } = sayCoded(Array.from({ length: 40 }, (_, word) => ({ word, ms: 300 })));
  const stream = new Room().listen();
  const told: number[] = [];
  for (let at = 0; at < pcm.length; at += CAPTURE_RATE_HZ) {
    await stream.hear(pcm.subarray(at, at + CAPTURE_RATE_HZ));
    for (const { endMs } of stream.words) expect(endMs).toBeLessThanOrEqual(stream.heardMs);
    told.push(stream.words.length);
  }
  const behindMs = words.map(({ endMs }, index) => told.findIndex((count) => count > index) * 1_000 + 1_000 - endMs);
  expect(Math.max(...behindMs.slice(0, 34))).toBeLessThan(2_500);
});

test("bears hours without a pause: no request is long, and nothing is lost", async () => {
  const { pcm, words } = sayCoded(Array.from({ length: 200 }, (_, word) => ({ word, ms: 300 })));
  const room = new Room();
  const stream = room.listen();
  stream.listener.write(pcm);
  await stream.listener.flush();
  expect(texts(stream.words)).toBe(texts(words));
  expect(Math.max(...room.transcriber.lengthsMs)).toBeLessThan(14_000);
});

test("what is written at once takes few requests", async () => {
  const { pcm } = sayCoded(Array.from({ length: 200 }, (_, word) => ({ word, ms: 300 })));
  const room = new Room();
  room.transcriber.delay = async () => {
    for (let round = 0; round < 40; round++) await settle();
  };
  const stream = room.listen();
  stream.listener.write(pcm);
  await stream.listener.flush();
  expect(room.transcriber.lengthsMs.length).toBeLessThan(25);
});

test("ends a word where it is flushed, and goes on behind", async () => {
  const before = sayCoded([{ silenceMs: 200 }, { word: 3, ms: 400 }, { word: 4, ms: 400 }]);
  const after = sayCoded([{ word: 5, ms: 400 }, { word: 6, ms: 400 }, { silenceMs: 100 }]);
  const stream = new Room().listen();
  stream.listener.write(before.pcm);
  await stream.listener.flush();
  expect(texts(stream.words)).toBe(texts(before.words));
  stream.listener.write(after.pcm);
  await stream.listener.flush();
  await stream.listener.flush();
  expect(texts(stream.words)).toBe(texts([...before.words, ...after.words]));
});

test("a crash of the recognizer is told, loses that speech alone, and the stream goes on", async () => {
  const first = sayCoded([{ word: 1, ms: 300 }, { silenceMs: 3_000 }]);
  const second = sayCoded([{ word: 2, ms: 300 }, { silenceMs: 3_000 }]);
  const room = new Room();
  const stream = room.listen();
  room.transcriber.failures = 1;
  await stream.hear(first.pcm);
  await stream.listener.flush();
  await stream.hear(second.pcm);
  await stream.listener.flush();
  expect(stream.events.flatMap((event) => (event.kind === "failed" ? [event.failure.code] : []))).toEqual([
    "transcribe-failed",
  ]);
  expect(texts(stream.words)).toBe(texts(second.words));
});

test("a crash of the detector is told once, and the stream goes on", async () => {
  const { pcm, words } = sayCoded([{ silenceMs: 1_000 }, { word: 9, ms: 300 }, { silenceMs: 1_000 }]);
  const room = new Room();
  const stream = room.listen();
  room.detector.failures = 3;
  await stream.hear(pcm);
  await stream.listener.flush();
  expect(stream.events.filter((event) => event.kind === "failed")).toHaveLength(1);
  expect(texts(stream.words)).toBe(texts(words));
});

test("tells about every 32 ms what it heard: speech, silence and how likely the speaker has finished", async () => {
  const { pcm } = sayCoded([{ silenceMs: 640 }, { word: 1, ms: 900 }, { silenceMs: 2_000 }]);
  const stream = new Room().listen();
  await stream.hear(pcm);
  const heard = stream.events.flatMap((event) => (event.kind === "heard" ? [event] : []));
  expect(heard.map(({ heardMs }) => heardMs)).toEqual(heard.map((_, index) => (index + 1) * 32));
  const at = (ms: number) => heard[Math.floor(ms / 32)];
  expect(at(500)).toMatchObject({ isSpeech: false, silenceMs: 512, endProbability: 1 });
  expect(at(1_200)).toMatchObject({ isSpeech: true, silenceMs: 0, endProbability: 0 });
  expect(at(2_400)).toMatchObject({ isSpeech: false });
  expect(at(2_400)?.silenceMs).toBeGreaterThan(750);
  expect(at(3_000)?.endProbability).toBeGreaterThan(at(1_700)?.endProbability as number);
});

test("nothing is told after it was closed, and who waits for a flush is not left waiting", async () => {
  const { pcm } = sayCoded([
    { word: 1, ms: 500 },
    { word: 2, ms: 500 },
  ]);
  const room = new Room();
  const stream = room.listen();
  stream.listener.write(pcm);
  const flushed = [stream.listener.flush(), stream.listener.flush()];
  await settle();
  stream.listener.close();
  const told = stream.events.length;
  await Promise.all(flushed);
  stream.listener.write(pcm);
  await stream.listener.flush();
  await settle();
  expect(stream.events).toHaveLength(told);
  expect(room.detector.openStreams).toBe(0);
});

test("sixteen streams at once all get their words, each with its share", async () => {
  const { pcm, words } = sayCoded(drawParts(9, 25));
  const room = new Room();
  const streams = Array.from({ length: 16 }, () => room.listen());
  for (let at = 0; at < pcm.length; at += 1_920) {
    for (const { listener } of streams) listener.write(pcm.subarray(at, at + 1_920));
    await settle();
    const counts = streams.map((stream) => stream.words.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(20);
  }
  await Promise.all(streams.map(({ listener }) => listener.flush()));
  for (const stream of streams) expect(texts(stream.words)).toBe(texts(words));
});

import { beforeEach, describe, expect, test } from "vitest";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ChosenSynthesizer } from "../../src-main/speak/chosen-synthesizer.ts";
import { GrowingText } from "../../src-main/turn/growing-text.ts";
import type {
  GrowingSpeechRequest,
  SpeechEvent,
  SpeechRequest,
  SpokenSentence,
  Synthesizer,
} from "../../src-main/turn/ports.ts";

const LOST = failed("source-lost", "speak", "example.org went away", true);

/** Writes 100 samples of its level for each sentence, or fewer and then a failure. */
class LevelSynthesizer implements Synthesizer {
  readonly texts: string[] = [];
  /** How many samples are written before it fails; undefined when it does not fail. */
  failsAfter: number | undefined;
  duringSpeech: () => void = () => undefined;
  readonly level: number;
  isClosed = false;

  constructor(level: number) {
    this.level = level;
  }

  async speak({ text, ring: buffer, generation }: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    this.texts.push(text);
    const ring = new PcmRing(buffer, () => 5);
    if (ring.generation === generation) ring.beginWriting(generation);
    const pcm = new Float32Array(this.failsAfter ?? 100).fill(this.level);
    const samples = Math.max(0, ring.write(pcm, 0, pcm.length, generation));
    await Promise.resolve();
    this.duringSpeech();
    if (this.failsAfter !== undefined) return LOST;
    return succeeded({ samples, chunks: 1, words: [{ text, endSample: samples }], firstPcmAtMs: 5, lastPcmAtMs: 5 });
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

const buffer = PcmRing.allocate(4_096);
const ring = new PcmRing(buffer);
let generation = 0;
let clockMs: number;
let choice: { server: string; useEmbeddedOnFailure: boolean };
let told: (string | undefined)[];
let embedded: LevelSynthesizer;
let distant: LevelSynthesizer;
let chosen: ChosenSynthesizer<typeof choice>;

beforeEach(() => {
  ring.setGeneration(++generation);
  clockMs = 0;
  choice = { server: "one", useEmbeddedOnFailure: true };
  told = [];
  embedded = new LevelSynthesizer(0.25);
  distant = new LevelSynthesizer(0.5);
  chosen = new ChosenSynthesizer({
    embedded,
    choice: () => choice,
    create: ({ server }) => (server === "" ? undefined : distant),
    onChange: (failure) => told.push(failure?.detail),
    nowMs: () => clockMs,
  });
});

function speak(text: string): Promise<Outcome<SpokenSentence>> {
  return chosen.speak({ text, voice: "slt", rateRatio: 1, ring: buffer, generation });
}

/** Levels of what is in the ring, with how many samples each has. */
function heard(): [level: number, samples: number][] {
  const pcm = new Float32Array(4_096);
  const runs: [number, number][] = [];
  for (const level of pcm.subarray(0, ring.read(pcm, pcm.length))) {
    const last = runs.at(-1);
    if (last?.[0] === level) last[1] += 1;
    else runs.push([level, 1]);
  }
  return runs;
}

test("the chosen voice speaks, or the embedded one where none is chosen", async () => {
  expect(await speak("one.")).toMatchObject({ ok: true, value: { samples: 100 } });
  choice = { ...choice, server: "" };
  expect(await speak("two.")).toMatchObject({ ok: true, value: { samples: 100 } });
  expect(heard()).toEqual([
    [0.5, 100],
    [0.25, 100],
  ]);
  expect(distant.isClosed).toBe(true);
});

test("a sentence of which nothing was heard is spoken by the embedded voice, as are those of the next 30 s", async () => {
  distant.failsAfter = 0;
  expect(await speak("one.")).toMatchObject({ ok: true, value: { samples: 100 } });
  expect(await speak("two.")).toMatchObject({ ok: true, value: { samples: 100 } });
  distant.failsAfter = undefined;
  clockMs = 30_000;
  expect(await speak("three.")).toMatchObject({ ok: true, value: { samples: 100 } });
  expect(heard()).toEqual([
    [0.25, 200],
    [0.5, 100],
  ]);
  expect(distant.texts).toEqual(["one.", "three."]);
  expect(told).toEqual(["example.org went away", undefined]);
});

test.each([true, false])(
  "what broke off is not spoken again and is a failure; the next sentence is spoken (in reserve: %s)",
  async (useEmbeddedOnFailure) => {
    choice = { ...choice, useEmbeddedOnFailure };
    expect(await speak("one.")).toMatchObject({ ok: true });
    distant.failsAfter = 30;
    expect(await speak("two.")).toMatchObject({ ok: false, failure: { code: "speak-failed" } });
    distant.failsAfter = undefined;
    expect(await speak("three.")).toMatchObject({ ok: true, value: { samples: 100 } });
    expect(heard().map(([, samples]) => samples)).toEqual(useEmbeddedOnFailure ? [130, 100] : [230]);
    expect(embedded.texts).toEqual(useEmbeddedOnFailure ? ["three."] : []);
    expect(told).toEqual(useEmbeddedOnFailure ? ["example.org went away"] : ["example.org went away", undefined]);
  },
);

test("what is left in the ring of the reply before does not count", async () => {
  await speak("of the reply before.");
  ring.setGeneration(++generation);
  distant.failsAfter = 100;
  expect(await speak("one.")).toMatchObject({ ok: false, failure: { code: "speak-failed" } });
  expect(embedded.texts).toEqual([]);
});

test("without the embedded voice in reserve a failure is one of speaking", async () => {
  choice = { ...choice, useEmbeddedOnFailure: false };
  distant.failsAfter = 0;
  const failure = { code: "speak-failed", stage: "speak", detail: "example.org went away" };
  expect(await speak("one.")).toMatchObject({ ok: false, failure });
  expect(embedded.texts).toEqual([]);
});

test("a reply that is void by the time its server fails is not begun again by the embedded voice", async () => {
  distant.failsAfter = 0;
  distant.duringSpeech = () => {
    ring.setGeneration(generation + 1);
    ring.beginWriting(generation + 1);
  };
  expect((await speak("one.")).ok).toBe(false);
  expect(embedded.texts).toEqual([]);
  ring.setGeneration((generation += 2));
});

test("silence proves nothing: the failure stands until something is heard", async () => {
  distant.failsAfter = 0;
  await speak("one.");
  clockMs = 30_000;
  distant.failsAfter = undefined;
  distant.speak = async () => succeeded({ samples: 0, chunks: 0, words: [], firstPcmAtMs: 0, lastPcmAtMs: 0 });
  await speak("…");
  expect(told).toEqual(["example.org went away"]);
});

test("another server in mid-sentence speaks the next one; closing closes all", async () => {
  const speaking = speak("one.");
  choice = { ...choice, server: "" };
  chosen.follow();
  expect(distant.isClosed).toBe(false);
  expect(await speaking).toMatchObject({ ok: true, value: { samples: 100 } });
  expect(distant.isClosed).toBe(true);
  await speak("two.");
  expect(embedded.texts).toEqual(["two."]);
  await chosen.close();
  expect(embedded.isClosed).toBe(true);
});

/** Says one word of 100 samples for each of the text, and fails after some, with the next one half said. */
class GrowingLevelSynthesizer extends LevelSynthesizer {
  failsAfterWords = Number.POSITIVE_INFINITY;
  tellsWords = true;

  async speakGrowing({ text, begin, tell }: GrowingSpeechRequest): Promise<Outcome<number>> {
    begin();
    if (ring.generation === generation) ring.beginWriting(generation);
    let words = 0;
    for (const { index, 0: word } of text.soFar.matchAll(/\S+/g)) {
      if (this.tellsWords) tell({ kind: "word", textEnd: index + word.length, endSample: 100 * (words + 1) });
      const isLast = words === this.failsAfterWords;
      const samples = isLast ? this.failsAfter! : 100;
      ring.write(new Float32Array(samples).fill(this.level), 0, samples, generation);
      if (isLast) return LOST;
      words += 1;
    }
    return succeeded(100 * words);
  }
}

describe("a growing speech", () => {
  let growing: GrowingLevelSynthesizer;
  let events: SpeechEvent[];

  beforeEach(() => {
    distant = growing = new GrowingLevelSynthesizer(0.5);
    events = [];
  });

  function speakGrowing(text: string, signal = new AbortController().signal): Promise<Outcome<number>> {
    const request = {
      text: GrowingText.of(text),
      begin: () => ({ voice: "slt", rateRatio: 1, ring: buffer, generation }),
      tell: (event: SpeechEvent) => void events.push(event),
    };
    return chosen.speakGrowing(request, signal);
  }

  const failures = () => events.flatMap((event) => (event.kind === "failure" ? [event.failure.code] : []));

  test("is one for the chosen voice; the embedded one speaks sentences", async () => {
    expect(await speakGrowing("One two. Three.")).toEqual(succeeded(300));
    choice = { ...choice, server: "" };
    ring.setGeneration(++generation);
    expect(await speakGrowing("One two. Three.")).toEqual(succeeded(200));
    expect([distant.texts, embedded.texts]).toEqual([[], ["One two.", "Three."]]);
  });

  test("that failed before any sound is spoken whole by the embedded voice, as are those of the next 30 s", async () => {
    [growing.failsAfterWords, growing.failsAfter] = [0, 0];
    expect(await speakGrowing("One two. Three.")).toEqual(succeeded(200));
    growing.failsAfterWords = Number.POSITIVE_INFINITY;
    expect(await speakGrowing("Four.")).toMatchObject({ ok: true });
    expect(embedded.texts).toEqual(["One two.", "Three.", "Four."]);
    expect(heard()).toEqual([[0.25, 300]]);
    expect([failures(), told]).toEqual([[], ["example.org went away"]]);
  });

  test.each([
    ["at its beginning", 1, 0, ["Three.", "Four."]],
    ["in the middle", 1, 50, ["Three.", "Four."]],
    ["of the last sentence", 3, 50, []],
  ])("that failed %s of a word goes on behind it, and is a failure", async (_where, words, samples, rest) => {
    [growing.failsAfterWords, growing.failsAfter] = [words, samples];
    expect(await speakGrowing("One two Three. Four.")).toMatchObject({ ok: true });
    expect(embedded.texts).toEqual(rest);
    expect(ring.writtenSamples(generation)).toBe(100 * (words + rest.length) + samples);
    expect(failures()).toEqual(["speak-failed"]);
  });

  test("of which nobody knows what was heard ends where it failed", async () => {
    [growing.failsAfterWords, growing.failsAfter, growing.tellsWords] = [1, 50, false];
    expect(await speakGrowing("One two. Three.")).toMatchObject({ ok: false, failure: { code: "speak-failed" } });
    expect(embedded.texts).toEqual([]);
  });

  test("that is void or cancelled when it fails, or has no embedded voice in reserve, is not taken over", async () => {
    [growing.failsAfterWords, growing.failsAfter] = [1, 0];
    const abort = new AbortController();
    abort.abort();
    expect((await speakGrowing("One two.", abort.signal)).ok).toBe(false);
    clockMs = 30_000;
    choice = { ...choice, useEmbeddedOnFailure: false };
    expect((await speakGrowing("One two.")).ok).toBe(false);
    expect(embedded.texts).toEqual([]);
  });
});

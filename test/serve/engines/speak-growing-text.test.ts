import { expect, test } from "vitest";
import { speakGrowingText } from "../../../src-main/serve/engines/speak-growing-text.ts";
import type { SpeechRequest, SpokenSentence, Synthesizer } from "../../../src-main/turn/ports.ts";
import type { SpokenPiece } from "../../../src-main/wire/served-engines.ts";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";
import { settle } from "../../fakes/fake-stages.ts";

const WORD_SAMPLES = 12_000;
const STYLE = { voice: "slt", rateRatio: 1 };

/** Speaks half a second for each word, one sentence at a time, with samples that count on within a sentence. */
class RingSynthesizer implements Pick<Synthesizer, "speak"> {
  readonly texts: string[] = [];
  failure: Outcome<never> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  speak(request: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    const spoken = this.#last.then(() => this.#speak(request));
    this.#last = spoken;
    return spoken;
  }

  async #speak({ text, ring: buffer, generation }: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    this.texts.push(text);
    if (this.failure) return this.failure;
    const words = text.split(" ").map((word, index) => ({ text: word, endSample: (index + 1) * WORD_SAMPLES }));
    const pcm = Float32Array.from({ length: words.length * WORD_SAMPLES }, (_, sample) => sample);
    const ring = new PcmRing(buffer);
    if (ring.generation === generation) ring.beginWriting(generation);
    let written = 0;
    while (written < pcm.length) {
      const count = ring.write(pcm, written, Math.min(2_400, pcm.length - written), generation);
      if (count < 0) break;
      if (count === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      written += count;
    }
    return succeeded({ samples: written, chunks: 1, words, firstPcmAtMs: 0, lastPcmAtMs: 0 });
  }
}

async function* parts(...texts: string[]): AsyncGenerator<string> {
  yield* texts;
}

async function all(speech: AsyncIterable<SpokenPiece>): Promise<SpokenPiece[]> {
  const pieces: SpokenPiece[] = [];
  for await (const piece of speech) pieces.push(piece);
  return pieces;
}

function never(): AbortSignal {
  return new AbortController().signal;
}

test("every sample in order, and every word in the piece in which it begins", async () => {
  const synthesizer = new RingSynthesizer();
  const text = parts("One two thr", "ee four five six seven. Eight", " nine ten");
  const pieces = await all(speakGrowingText(synthesizer, text, STYLE, never()));
  expect(synthesizer.texts).toEqual(["One two three four five six seven.", "Eight nine ten"]);
  const samples = pieces.flatMap(({ pcm }) => [...pcm]);
  expect(samples).toEqual([7, 3].flatMap((count) => Array.from({ length: count * WORD_SAMPLES }, (_, index) => index)));
  let startMs = 0;
  for (const { pcm, words } of pieces) {
    const endMs = startMs + (pcm.length * 1000) / PLAYBACK_RATE_HZ;
    expect(pcm.length).toBeLessThanOrEqual(2 * PLAYBACK_RATE_HZ);
    for (const word of words) {
      expect(word.startMs).toBeGreaterThanOrEqual(startMs);
      expect(word.startMs).toBeLessThan(endMs);
    }
    startMs = endMs;
  }
  const words = pieces.flatMap((piece) => piece.words);
  expect(words.map((word) => word.text).join(" ")).toBe("One two three four five six seven. Eight nine ten");
  expect(words.map((word) => [word.startMs, word.endMs])).toEqual(
    words.map((_, index) => [index * 500, (index + 1) * 500]),
  );
});

test("speaks a sentence before the next one is written", async () => {
  const more = Promise.withResolvers<void>();
  async function* slowly(): AsyncGenerator<string> {
    yield "It begins. And ";
    await more.promise;
    yield "it ends.";
  }
  const speech = speakGrowingText(new RingSynthesizer(), slowly(), STYLE, never());
  expect((await speech.next()).value?.words[0]?.text).toBe("It");
  more.resolve();
  expect((await all(speech)).flatMap(({ words }) => words.map(({ text }) => text))).toEqual(["And", "it", "ends."]);
});

test("does not run ahead of its reader", async () => {
  const synthesizer = new RingSynthesizer();
  const text = parts(...Array.from({ length: 50 }, (_, index) => `This is number ${index}. `));
  const speech = speakGrowingText(synthesizer, text, STYLE, never());
  await speech.next();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(synthesizer.texts.length).toBeLessThan(6);
  await speech.return();
});

test("several speeches take turns, sentence by sentence", async () => {
  const synthesizer = new RingSynthesizer();
  const speak = (name: string) =>
    all(speakGrowingText(synthesizer, parts(`${name} one. ${name} two. ${name} three. `), STYLE, never()));
  await Promise.all([speak("A"), speak("B"), speak("C")]);
  expect(synthesizer.texts.map((text) => text[0]).join("")).toBe("ABCABCABC");
});

test("a long text without punctuation is cut at its spaces", async () => {
  const synthesizer = new RingSynthesizer();
  const words = Array.from({ length: 100 }, (_, index) => `word${index}`).join(" ");
  await all(speakGrowingText(synthesizer, parts(words), STYLE, never()));
  expect(synthesizer.texts.join(" ")).toBe(words);
  expect(Math.max(...synthesizer.texts.map((text) => text.length))).toBeLessThanOrEqual(200);
});

test("a text without punctuation is not waited for to the end", async () => {
  const synthesizer = new RingSynthesizer();
  async function* endless(): AsyncGenerator<string> {
    for (let word = 0; word < 300; word++) yield "word ";
    await new Promise(() => undefined);
  }
  const speech = speakGrowingText(synthesizer, endless(), STYLE, never());
  expect((await speech.next()).done).toBe(false);
  await speech.return();
});

test("aborting ends it at once, even while its text does not come", async () => {
  const abort = new AbortController();
  let isClosed = false;
  const text: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: async () => {
        isClosed = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const pieces = all(speakGrowingText(new RingSynthesizer(), text, STYLE, abort.signal));
  await settle();
  abort.abort();
  expect(await pieces).toEqual([]);
  expect(isClosed).toBe(true);
});

test("a reader that leaves stops the engine in the middle of a sentence", async () => {
  const synthesizer = new RingSynthesizer();
  const sentence = `${"a ".repeat(90)}end. `;
  for await (const piece of speakGrowingText(synthesizer, parts("Go. ", sentence, sentence), STYLE, never())) {
    expect(piece.pcm.length).toBeGreaterThan(0);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(synthesizer.texts.length).toBeLessThanOrEqual(2);
});

test("a failure of the engine is thrown after what was spoken", async () => {
  const synthesizer = new RingSynthesizer();
  const speech = speakGrowingText(synthesizer, parts("Well. ", "No more. "), STYLE, never());
  await speech.next();
  await speech.return();
  synthesizer.failure = failed("speak-failed", "speak", "broke off", true);
  const failing = speakGrowingText(synthesizer, parts("Well. "), STYLE, never());
  await expect(all(failing)).rejects.toMatchObject({ failure: { code: "speak-failed" } });
});

test("a text without words is silence", async () => {
  expect(await all(speakGrowingText(new RingSynthesizer(), parts("", "  \n"), STYLE, never()))).toEqual([]);
});

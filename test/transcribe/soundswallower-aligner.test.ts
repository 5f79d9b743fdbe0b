import { afterAll, expect, test } from "vitest";
import { createSoundswallowerAligner, type AlignedWord } from "../../src-main/transcribe/soundswallower-aligner.ts";
import { guessPronunciation } from "../../src-main/transcribe/guess-pronunciation.ts";
import { spokenForms } from "../../src-main/transcribe/spoken-forms.ts";
import { RECOGNITION_RATE_HZ, msToSamples, samplesToMs } from "../../src-shared/audio-format.ts";
import { sharedSpeech, spokenText } from "../fixtures/speech.ts";

const aligner = createSoundswallowerAligner({});
afterAll(() => aligner.close());

const address = sharedSpeech("jfk.wav");
const ADDRESS =
  "And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.";

async function align(pcm: Float32Array, text: string): Promise<readonly AlignedWord[]> {
  const outcome = await aligner.align({ pcm, text });
  if (!outcome.ok) throw new Error(outcome.failure.detail);
  return outcome.value;
}

/** Where something louder than -40 dBFS begins and ends. */
function audible(pcm: Float32Array): { start: number; end: number } {
  const start = pcm.findIndex((sample) => Math.abs(sample) > 0.01);
  return { start, end: pcm.findLastIndex((sample) => Math.abs(sample) > 0.01) + 1 };
}

test.skipIf(!address)(
  "finds the words after each pause where they are heard (skipped without shared/speech)",
  async () => {
    const words = await align(address?.pcm as Float32Array, ADDRESS);
    expect(words.map(({ text }) => text).join(" ")).toBe(ADDRESS);
    expect(words.every(({ aligned }) => aligned)).toBe(true);
    for (const [index, word] of words.entries()) {
      expect(word.endMs).toBeGreaterThan(word.startMs);
      expect(word.startMs).toBeGreaterThanOrEqual(words[index - 1]?.endMs ?? 0);
    }
    // Where the energy rises after at least 100 ms of quiet.
    const onsetsMs = { And: 330, ask: 3290, not: 3980, what: 5410 };
    for (const [text, onsetMs] of Object.entries(onsetsMs)) {
      const word = words.find((candidate) => candidate.text === text);
      expect(Math.abs((word?.startMs as number) - onsetMs)).toBeLessThan(100);
    }
  },
);

test("places words whose times are known, to within 150 ms", { timeout: 60_000 }, async () => {
  const errors: number[] = [];
  for (const text of ["set a timer for two minutes", "tell me something about the steam engine"]) {
    for (const gapMs of [0, 60, 200]) {
      const words = text.split(" ");
      const pieces = await Promise.all(words.map((word) => spokenText(word, "slt", RECOGNITION_RATE_HZ)));
      const pcm = new Float32Array(10 * RECOGNITION_RATE_HZ);
      let position = msToSamples(500, RECOGNITION_RATE_HZ);
      const startsMs = pieces.map((piece) => {
        const { start, end } = audible(piece);
        pcm.set(piece.subarray(start, end), position);
        const startMs = samplesToMs(position, RECOGNITION_RATE_HZ);
        position += end - start + msToSamples(gapMs, RECOGNITION_RATE_HZ);
        return startMs;
      });
      const aligned = await align(pcm.subarray(0, position + msToSamples(300, RECOGNITION_RATE_HZ)), text);
      errors.push(...aligned.map(({ startMs }, index) => Math.abs(startMs - (startsMs[index] as number))));
    }
  }
  const near = errors.filter((error) => error <= 150).length;
  expect(near / errors.length).toBeGreaterThanOrEqual(0.9);
});

test("places numbers, unknown words and punctuation", async () => {
  const pcm = await spokenText(
    "The zyglocon costs three dollars fifty, in nineteen ninety nine.",
    "slt",
    RECOGNITION_RATE_HZ,
  );
  const words = await align(pcm, "The zyglocon costs $3.50 — in 1999.");
  expect(words.map(({ text, aligned }) => [text, aligned])).toEqual([
    ["The", true],
    ["zyglocon", true],
    ["costs", true],
    ["$3.50", true],
    ["—", false],
    ["in", true],
    ["1999.", true],
  ]);
  expect((words[3]?.endMs as number) - (words[3]?.startMs as number)).toBeGreaterThan(500);
});

test("guesses by length, and says so, when the audio cannot hold the text", async () => {
  const words = await align(
    new Float32Array(RECOGNITION_RATE_HZ / 4),
    "one two three four five six seven eight nine ten",
  );
  expect(words).toHaveLength(10);
  expect(words.every(({ aligned }) => !aligned)).toBe(true);
  expect(words[0]?.startMs).toBe(0);
  expect(words.at(-1)?.endMs).toBe(250);
});

test("has nothing to place in an empty text", async () => {
  expect(await align(new Float32Array(RECOGNITION_RATE_HZ), "")).toEqual([]);
});

test.each([
  ["$3.50", "three dollars fifty"],
  ["£20", "twenty pounds"],
  ["half-past", "half past"],
  ["1999", "nineteen ninety nine"],
  ["1,234", "one thousand two hundred thirty four"],
  ["10:05", "ten oh five"],
  ["7:00", "seven"],
  ["21st", "twenty first"],
  ["20th,", "twentieth"],
  ["3.14", "three point one four"],
  ["20%", "twenty percent"],
  ["don’t", "don't"],
  ["“Hello!”", "hello"],
  ["café", "cafe"],
  ["—", ""],
])("%s is spoken as '%s'", (word, forms) => {
  expect(spokenForms(word).join(" ")).toBe(forms);
});

test.each([
  ["zyglocon", "Z IY G L AA K AA N"],
  ["naithe", "N EY TH"],
  ["cibing", "S IH B IH NG"],
  ["o'drake", "AA D R EY K"],
])("guesses how %s sounds", (word, phones) => {
  expect(guessPronunciation(word)).toBe(phones);
});

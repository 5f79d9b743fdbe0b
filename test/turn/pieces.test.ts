import { describe, expect, test } from "vitest";
import { FRAME_MS } from "../../src-shared/audio-format.ts";
import { Endpointer, type SpeechEvent } from "../../src-main/turn/endpointer.ts";
import { heardText, placeWords } from "../../src-main/turn/heard-text.ts";
import { SentenceSplitter } from "../../src-main/turn/split-sentences.ts";
import { UtteranceBuffer } from "../../src-main/turn/utterance-buffer.ts";

describe("Endpointer", () => {
  function run(probabilities: readonly number[]): SpeechEvent[] {
    const endpointer = new Endpointer();
    return probabilities.flatMap((probability, index) => endpointer.accept(probability, (index + 1) * FRAME_MS) ?? []);
  }

  test("begins at the first of two speech frames", () => {
    expect(run([0, 0, 0.9, 0.9, 0.9])).toEqual([{ kind: "speech-started", atMs: 64 }]);
  });

  test("one loud frame is not speech", () => {
    expect(run([0, 0.99, 0, 0.99, 0, 0.99])).toEqual([]);
  });

  test("pauses after 128 ms, ended where the last speech frame ended; then resumes", () => {
    const speech = Array.from({ length: 10 }, () => 0.9);
    expect(run([...speech, 0, 0, 0, 0, 0, 0.9, 0.9])).toEqual([
      { kind: "speech-started", atMs: 0 },
      { kind: "speech-paused", speechEndedAtMs: 320 },
      { kind: "speech-resumed", atMs: 480 },
    ]);
  });

  test("in a pause one frame that is surely speech is enough, and no less sure one", () => {
    const pause = [0.9, 0.9, 0, 0, 0];
    expect(run([...pause, 0.9, 0]).at(-1)).toEqual({ kind: "speech-resumed", atMs: 160 });
    expect(run([...pause, 0.8, 0]).at(-1)).toEqual({ kind: "speech-paused", speechEndedAtMs: 64 });
    expect(run([...pause, 0.8, 0.8]).at(-1)).toEqual({ kind: "speech-resumed", atMs: 160 });
  });

  test("probabilities between offset and onset keep speech going but do not begin it", () => {
    expect(run([0.4, 0.4, 0.4])).toEqual([]);
    expect(run([0.9, 0.9, ...Array.from({ length: 20 }, () => 0.477)])).toHaveLength(1);
  });
});

describe("SentenceSplitter", () => {
  function split(text: string, pieceLength: number): string[] {
    const splitter = new SentenceSplitter();
    const sentences: string[] = [];
    for (let start = 0; start < text.length; start += pieceLength) {
      sentences.push(...splitter.push(text.slice(start, start + pieceLength)));
    }
    return [...sentences, ...splitter.finish()];
  }

  const cases: [string, string[]][] = [
    ["It is 3.5 miles. Then turn left!", ["It is 3.5 miles.", "Then turn left!"]],
    ["Mr. Smith met Dr. Jones, e.g. at noon. Yes.", ["Mr. Smith met Dr. Jones, e.g. at noon.", "Yes."]],
    ["J. R. Tolkien wrote it. Really?", ["J. R. Tolkien wrote it.", "Really?"]],
    ["On Jan. 5 see No. 7. No. It is in Dec. Yes.", ["On Jan. 5 see No. 7.", "No.", "It is in Dec.", "Yes."]],
    ["“Go!” she said. ‘No.’ Gen. Lee saw Mt. Fuji.", ["“Go!”", "she said.", "‘No.’", "Gen. Lee saw Mt. Fuji."]],
    ["你好。今天怎么样？「好！」是", ["你好。", "今天怎么样？", "「好！」", "是"]],
    ['He said "Go!" and left. Fine...', ['He said "Go!"', "and left.", "Fine..."]],
    ["one\ntwo\n\nthree", ["one", "two", "three"]],
    ["", []],
    ["  \n ", []],
    ["no end", ["no end"]],
    [
      "I can tell the time and the date, set timers, alarms and reminders, and flip a coin. Ask me.",
      ["I can tell the time and the date, set timers,", "alarms and reminders, and flip a coin.", "Ask me."],
    ],
    [
      "Yes, of course. The first sentence is short, so that the second, however long it is, remains as it is.",
      ["Yes, of course.", "The first sentence is short, so that the second, however long it is, remains as it is."],
    ],
  ];
  for (const [text, expected] of cases) {
    for (const pieceLength of [1, 3, 1000]) {
      test(`${JSON.stringify(text)} in pieces of ${pieceLength}`, () =>
        expect(split(text, pieceLength)).toEqual(expected));
    }
  }

  test("loses nothing of a long sentence that it cuts at a clause", () => {
    const long = `${"some words that go on and on, ".repeat(12)}until the end.`;
    const sentences = split(long, 7);
    expect(sentences.length).toBeGreaterThan(1);
    expect(sentences.join(" ")).toBe(long);
  });
});

describe("heardText", () => {
  const reply = "It is noon. All is well.";
  const sentence = (words: string[]) => ({
    samples: words.length * 100,
    chunks: 1,
    words: words.map((text, index) => ({ text, endSample: (index + 1) * 100 })),
    firstPcmAtMs: 0,
    lastPcmAtMs: 0,
  });
  const words = [
    ...placeWords("It is noon.", sentence(["It", "is", "noon"]), 0, 0),
    ...placeWords("All is well.", sentence(["All", "is", "well"]), 12, 300),
  ];

  test.each([
    [0, ""],
    [99, ""],
    [100, "It"],
    [299, "It is"],
    [300, "It is noon."],
    [399, "It is noon."],
    [500, "It is noon. All is"],
    [600, reply],
    [9999, reply],
  ])("after %i samples: %j", (playedSamples, expected) => {
    expect(heardText(reply, words, playedSamples)).toBe(expected);
  });

  test("words that the synthesizer counts otherwise are placed by their share, and without word times they share the time", () => {
    const counted = placeWords("25 past five", sentence(["twenty", "five", "past", "five"]), 10, 1_000);
    expect(counted.map(({ textEnd, endSample }) => [textEnd, endSample])).toEqual([
      [12, 1_200],
      [17, 1_300],
      [22, 1_400],
    ]);
    const silent = placeWords("25 past five", { words: [], samples: 300 }, 0, 0);
    expect(silent.map(({ endSample }) => endSample)).toEqual([100, 200, 300]);
  });

  test("of words that were placed twice the later ones count", () => {
    const twice = [{ textEnd: 12, endSample: 600 }, ...words];
    expect(heardText(reply, twice, 600)).toBe(reply);
    expect(heardText(reply, [...words, { textEnd: 2, endSample: 500 }], 550)).toBe("It");
  });
});

describe("UtteranceBuffer", () => {
  test("gives back audio by time, over the end of its memory and only as far as it has it", () => {
    const buffer = new UtteranceBuffer(1000);
    let next = 0;
    for (let endedAtMs = 5032; endedAtMs <= 5000 + 32 * 50; endedAtMs += 32) {
      buffer.append(
        Float32Array.from({ length: 512 }, () => next++),
        endedAtMs,
      );
    }
    const slice = buffer.slice(6400, 6500);
    expect(slice).toHaveLength(1600);
    expect(slice[0]).toBe((6400 - 5000) * 16);
    expect(slice.at(-1)).toBe((6500 - 5000) * 16 - 1);
    expect(buffer.slice(0, 9_000_000)).toHaveLength(16_000);
    expect(buffer.slice(7000, 8000)).toHaveLength(0);
  });

  test("has silence where frames never came, in place of what was heard before", () => {
    const buffer = new UtteranceBuffer(1000);
    const append = (sample: number, endedAtMs: number) => buffer.append(new Float32Array(512).fill(sample), endedAtMs);
    for (let endedAtMs = 1032; endedAtMs <= 1960; endedAtMs += 32) append(1, endedAtMs);
    append(2, 2300);
    expect(new Set(buffer.slice(1928, 1960))).toEqual(new Set([1]));
    expect(new Set(buffer.slice(1960, 2268))).toEqual(new Set([0]));
    expect(new Set(buffer.slice(2268, 2300))).toEqual(new Set([2]));
    append(3, 9000);
    expect(new Set(buffer.slice(8000, 8968))).toEqual(new Set([0]));
    append(4, 9030);
    append(5, 9066);
    expect(new Set(buffer.slice(8970, 9066))).toEqual(new Set([3, 4, 5]));
  });
});

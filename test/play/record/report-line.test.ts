import { expect, test } from "vitest";
import { parseTimingLine } from "../../../src-main/play/record/report-line.ts";
import { metricsLine, type ReportedMetrics } from "../../../src-shared/metrics-line.ts";

const CLEAN: ReportedMetrics = { underruns: 0, underrunTotalMs: 0, stretchedMs: 0, decodeErrors: 0 };
const TIMED = { ...CLEAN, ttfaMs: 212.4, generationMs: 800, playbackMs: 3410 };

test.each<[string, ReportedMetrics, string]>([
  ["everything went well", TIMED, "ttfa 0.21s · gen 0.80s · play 3.41s · 0 underruns"],
  ["nothing was heard", CLEAN, "0 underruns"],
  ["no first audio", { ...TIMED, ttfaMs: undefined }, "gen 0.80s · play 3.41s · 0 underruns"],
  ["one gap", { ...CLEAN, underruns: 1, underrunTotalMs: 40 }, "1 underrun (0.04s)"],
  [
    "gaps, stretch and errors",
    { ...TIMED, underruns: 2, underrunTotalMs: 340, stretchedMs: 120, decodeErrors: 1 },
    "ttfa 0.21s · gen 0.80s · play 3.41s · 2 underruns (0.34s) · stretched 0.12s · 1 decode error",
  ],
  ["several errors", { ...CLEAN, decodeErrors: 3 }, "0 underruns · 3 decode errors"],
])("one line for people when %s", (_name, metrics, line) => {
  expect(metricsLine(metrics)).toBe(line);
});

test.each<[string, string, ReturnType<typeof parseTimingLine>]>([
  [
    "ours",
    "ttfa 0.21s · gen 0.80s · play 3.41s · 2 underruns (0.34s) · stretched 0.12s · 1 decode error",
    {
      ttfaMs: 210,
      generationMs: 800,
      playbackMs: 3410,
      underruns: 2,
      underrunTotalMs: 340,
      stretchedMs: 120,
      decodeErrors: 1,
    },
  ],
  ["ours without times", "0 underruns", { underruns: 0, underrunTotalMs: 0 }],
  [
    "the old keys",
    "ttfa 1.2s, tts_gen 1.5s, tts_play 3.0s, tts_total 4.5s, record 5.1s, stt 0.9s, total 10.5s",
    {
      ttfaMs: 1200,
      generationMs: 1500,
      playbackMs: 3000,
      speakingMs: 4500,
      recordingMs: 5100,
      transcriptionMs: 900,
      totalMs: 10_500,
    },
  ],
  [
    "the new keys, with the size of the upload passed over",
    "ttfa 1.2s, gen 1.5s, play 3.0s, record 5.1s, stt 0.9s, audio 42KB, total 10.5s",
    {
      ttfaMs: 1200,
      generationMs: 1500,
      playbackMs: 3000,
      recordingMs: 5100,
      transcriptionMs: 900,
      totalMs: 10_500,
    },
  ],
  [
    "a result with a text that looks like one",
    "Voice response: play 9.9s, gen 8.8s | Timing: 7 (STT: local) | Timing: ttfa 0.8s, gen 1.0s | Widgets: time 10:00:00",
    { ttfaMs: 800, generationMs: 1000 },
  ],
  [
    "a result without speech",
    "No speech detected | Timing: ttfa 0.8s, record 5.0s",
    { ttfaMs: 800, recordingMs: 5000 },
  ],
  [
    "a message only spoken",
    "✓ Message spoken successfully (gen: 0.4s, play: 2.5s)",
    { generationMs: 400, playbackMs: 2500 },
  ],
  ["milliseconds", "ttfa 212ms, gen 0.8s", { ttfaMs: 212, generationMs: 800 }],
  ["a part that is broken", "ttfa x.xs, gen 0.8s", { generationMs: 800 }],
  ["a negative time", "ttfa -0.3s", undefined],
  ["nothing", "", undefined],
  ["other text", "hello, world", undefined],
])("a line is read: %s", (_name, line, timing) => {
  expect(parseTimingLine(line)).toEqual(timing);
});

test("what one says the other reads, to the hundredth of a second", () => {
  for (let n = 0; n < 500; n += 1) {
    const metrics = {
      ttfaMs: n * 10,
      generationMs: n * 370,
      playbackMs: n * 1230,
      underruns: n + 1,
      underrunTotalMs: n * 20,
      stretchedMs: (n + 1) * 10,
      decodeErrors: n + 1,
    };
    expect(parseTimingLine(metricsLine(metrics))).toEqual(metrics);
  }
});

import { expect, test } from "vitest";
import { failure } from "../../../src-shared/failure.ts";
import { journalPlayback } from "../../../src-main/play/record/journal-playback.ts";
import { fakeMetrics } from "../../fakes/fake-stages.ts";

test("a reply with a gap becomes one line for every step, all of one session", () => {
  const lines: { type: string; data: unknown; sessionId: string | undefined }[] = [];
  const take = journalPlayback({ write: (type, data, sessionId) => void lines.push({ type, data, sessionId }) });
  take({ kind: "started", generation: 1, bufferedMs: 80.4 });
  take({ kind: "audible", generation: 1, atMs: 12 });
  take({ kind: "underrun", generation: 1, positionSamples: 24_000, durationMs: 99.6 });
  take({
    kind: "finished",
    generation: 1,
    flushed: true,
    positionSamples: 48_000,
    atMs: 2_100,
    metrics: { ...fakeMetrics(48_000), playbackMs: 2_100, underruns: 1 },
  });
  take({ kind: "output-failed", failure: failure("output-lost", "play", "gone", true) });
  expect(lines.map(({ type }) => type)).toEqual([
    "SESSION_START",
    "TTS_PLAYBACK_START",
    "TTS_FIRST_AUDIO",
    "UNDERRUN",
    "TOOL_CANCELLED",
    "TTS_PLAYBACK_END",
    "TTS_ERROR",
  ]);
  expect(lines[1]?.data).toEqual({ start_threshold_ms: 80 });
  expect(lines[3]?.data).toEqual({ duration_ms: 100, at_ms: 1_000 });
  expect(lines[5]?.data).toMatchObject({ audio_path: "fake", metrics: { underruns: 1, playback_ms: 2_100 } });
  expect(new Set(lines.map(({ sessionId }) => sessionId)).size).toBe(1);
});

import { expect, test } from "vitest";
import { loggedMetrics, newSessionId } from "../../../src-main/play/record/playback-events.ts";

test("only the numbers of metrics are logged, under the log's names", () => {
  const metrics = {
    ttfaMs: 212.5,
    bufferP05: 3,
    underrunTotalMs: 0,
    playbackMs: undefined,
    rtf: Number.NaN,
    audioPath: "device",
    text: "what was said",
  };
  expect(loggedMetrics(metrics)).toEqual({ ttfa_ms: 212.5, buffer_p05: 3, underrun_total_ms: 0 });
});

test("a session is named after the time it began", () => {
  expect(newSessionId(1_700_000_000_000)).toBe("conv_1700000000000");
  expect(newSessionId()).toMatch(/^conv_\d{13}$/);
});

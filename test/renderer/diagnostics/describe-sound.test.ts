import { expect, test } from "vitest";
import { describeFormat, describeProcessing, describeSound } from "../../../src-renderer/diagnostics/describe-sound.ts";

test("what the browser tells of the microphone is said, what it does not tell is not made up", () => {
  expect(describeFormat({ sampleRateHz: 44_100, channelCount: 1, latencyMs: 10.2 })).toBe(
    "44.1 kHz, mono, latency 10 ms",
  );
  expect(describeFormat({ channelCount: 2 })).toBe("2 channels");
  expect(describeFormat({})).toBe("not told by the browser");
  expect(describeProcessing({ echoCancellation: "remote-only", noiseSuppression: true, autoGainControl: false })).toBe(
    "echo cancellation, noise suppression on; gain control off",
  );
  expect(describeProcessing()).toBe("not told by the browser");
  expect(describeSound({ rateHz: 24_000, outputLatencyMs: 31.6, state: "suspended" })).toBe(
    "24 kHz, latency 32 ms, held back by the browser",
  );
});

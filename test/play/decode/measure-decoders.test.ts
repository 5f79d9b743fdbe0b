import { expect, test } from "vitest";
import { STREAM_ENCODINGS } from "../../../src-main/play/decode/stream-decoder.ts";
import { HAS_FFMPEG } from "./fixtures.ts";
import { measureDecoders } from "./measure-decoders.ts";

test.skipIf(!HAS_FFMPEG)("every encoding is decoded soon and fast", async () => {
  const figures = await measureDecoders(20);
  expect(figures.map(({ encoding }) => encoding)).toEqual(STREAM_ENCODINGS);
  for (const { encoding, bytesToFirstSample, msToFirstSample, timesRealTime } of figures) {
    expect(bytesToFirstSample, encoding).toBeLessThan(16_384);
    // AAC waits for a process to start. The limits leave room for a machine that is busy with other things.
    expect(msToFirstSample, encoding).toBeLessThan(encoding === "aac" ? 1_000 : 50);
    expect(timesRealTime, encoding).toBeGreaterThan(20);
  }
});

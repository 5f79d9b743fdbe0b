import { describe, expect, test } from "vitest";
import { STREAM_ENCODINGS } from "../../../src-main/play/decode/stream-decoder.ts";
import { HAS_FFMPEG } from "./fixtures.ts";
import { fuzzDecoder } from "./fuzz-streams.ts";

describe.skipIf(!HAS_FFMPEG)("with streams that ffmpeg made", () => {
  test.each(STREAM_ENCODINGS)("%s: no stream of bytes makes it throw, hang or grow", async (encoding) => {
    // AAC starts a process per stream.
    const streams = encoding === "aac" ? 10 : 200;
    const { messages, slowestMs, heapGrowthBytes } = await fuzzDecoder(encoding, streams, 2_024);
    expect(messages).toEqual([]);
    expect(slowestMs).toBeLessThan(5_000);
    expect(heapGrowthBytes).toBeLessThan(32_000_000);
  });
});

import { expect, test } from "vitest";
import { FailureError } from "../../../src-shared/failure.ts";
import type { FeedRequest } from "../../../src-main/play/feed/feed-request.ts";
import { tellEncoding } from "../../../src-main/play/feed/told-stream.ts";
import type { OpenSource } from "../../../src-main/play/source/byte-source.ts";
import { wavBytes } from "../../fixtures/wav-bytes.ts";
import { chunksOf } from "../decode/decode-stream.ts";
import { collect, countingBytes, streamOf } from "../source/open-source.ts";

const WAV = wavBytes(new Float32Array(400).fill(0.25), { encoding: "int", bits: 16, channels: 1, sampleRateHz: 8_000 });
const NAMELESS = { source: { kind: "stdin" } } as FeedRequest;

function opened(bytes: Uint8Array, chunkBytes: number, more: Partial<OpenSource> = {}): OpenSource {
  return { chunks: streamOf([...chunksOf(bytes, chunkBytes)]), ...more };
}

async function failureOf(open: OpenSource, request = NAMELESS): Promise<string> {
  try {
    return `no failure: ${(await tellEncoding(open, request)).encoding}`;
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return `${error.failure.code}: ${error.failure.detail}`;
  }
}

test.each([1, 2, 3, 7, 44, 1_000])(
  "the content tells in chunks of %i, and nothing of it is lost",
  async (chunkBytes) => {
    const told = await tellEncoding(opened(WAV, chunkBytes), NAMELESS);
    expect(told.encoding).toBe("wav");
    const { bytes, chunks } = await collect(told.chunks);
    expect(Buffer.compare(bytes, WAV)).toBe(0);
    expect(chunks[0]).toHaveLength(Math.min(chunkBytes, WAV.length));
    expect(Buffer.compare(told.beginning, WAV.subarray(0, told.beginning.length))).toBe(0);
  },
);

test("what is asked for wins over the content, with the first chunk", async () => {
  const told = await tellEncoding(opened(WAV, 1), { ...NAMELESS, encoding: "s16le" });
  expect(told.encoding).toBe("s16le");
  expect(told.beginning).toHaveLength(1);
  expect((await collect(told.chunks)).bytes).toHaveLength(WAV.length);
});

test("the content wins over what the source declares", async () => {
  const told = await tellEncoding(opened(WAV, 100, { declaredEncoding: "mp3" }), NAMELESS);
  expect(told.encoding).toBe("wav");
});

test.each([
  ["s16le", NAMELESS, { declaredEncoding: "s16le" }],
  ["flac", { source: { kind: "file", path: "/music/a.flac" } }, {}],
  ["mp3", { source: { kind: "url", url: "http://localhost/a.mp3?key=1.wav#x.flac" } }, {}],
] as const)("%s is told by what the source says of itself", async (encoding, request, more) => {
  const samples = countingBytes(5_000).map((byte) => byte & 0x7f);
  const told = await tellEncoding(opened(samples, 500, more), { ...NAMELESS, ...request });
  expect(told.encoding).toBe(encoding);
  expect((await collect(told.chunks)).bytes).toEqual(samples);
});

test("no bytes and no known content are failures", async () => {
  expect(await failureOf(opened(new Uint8Array(0), 1))).toBe("input-empty: not a single byte arrived");
  expect(await failureOf(opened(countingBytes(9_000), 3_000))).toMatch(/^input-unreadable: .*--format/);
});

test("a source that breaks says so, at once or after what had come", async () => {
  const broken = new Error("broken");
  await expect(tellEncoding({ chunks: streamOf([], broken) }, NAMELESS)).rejects.toBe(broken);
  const told = await tellEncoding({ chunks: streamOf([WAV.subarray(0, 600)], broken) }, NAMELESS);
  const received: Uint8Array[] = [];
  const read = async (): Promise<void> => {
    for await (const chunk of told.chunks) received.push(chunk);
  };
  await expect(read()).rejects.toBe(broken);
  expect(Buffer.concat(received)).toHaveLength(600);
});

test("leaving the stream, or not knowing it, closes the source", async () => {
  let closed = 0;
  async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
    try {
      for (;;) yield await Promise.resolve(bytes);
    } finally {
      closed++;
    }
  }
  const told = await tellEncoding({ chunks: source(WAV) }, NAMELESS);
  for await (const chunk of told.chunks) if (chunk.length > 0) break;
  expect(closed).toBe(1);
  expect(await failureOf({ chunks: source(countingBytes(9_000)) })).toMatch(/^input-unreadable/);
  expect(closed).toBe(2);
});

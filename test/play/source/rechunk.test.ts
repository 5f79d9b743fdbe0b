import { expect, test } from "vitest";
import { failure, FailureError } from "../../../src-shared/failure.ts";
import { rechunk } from "../../../src-main/play/source/rechunk.ts";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { collect, countingBytes, streamOf } from "./open-source.ts";

const AUDIO = countingBytes(10_000);

test("cuts any stream into chunks of the size asked for, the last one shorter", async () => {
  const random = seededRandom(5);
  for (const chunkBytes of [1, 2, 7, 64, 999, 1000, 4096, 10_000, 20_000]) {
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < AUDIO.length;) {
      const length = Math.floor(random() ** 3 * 3000);
      pieces.push(AUDIO.subarray(start, start + length));
      start += length;
    }
    const { bytes, chunks } = await collect(rechunk(streamOf(pieces), chunkBytes));
    expect(bytes).toEqual(AUDIO);
    expect(chunks).toHaveLength(Math.ceil(AUDIO.length / chunkBytes));
    expect(chunks.slice(0, -1).every(({ length }) => length === chunkBytes)).toBe(true);
  }
});

test("an empty stream stays empty", async () => {
  expect((await collect(rechunk(streamOf([new Uint8Array()]), 10))).chunks).toEqual([]);
});

test("gives a chunk as soon as it is whole", async () => {
  let taken = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for (; taken < 10; taken++) yield await Promise.resolve(new Uint8Array(3));
  }
  const chunks = rechunk(counted(), 7);
  await chunks.next();
  expect(taken).toBe(2);
  await chunks.return(undefined);
});

test("when the stream breaks, the held rest comes before the error", async () => {
  const broken = new FailureError(failure("source-lost", "input", "gone", true));
  const { bytes, failure: reason } = await collect(rechunk(streamOf([AUDIO.subarray(0, 25)], broken), 10));
  expect(bytes).toEqual(AUDIO.subarray(0, 25));
  expect(reason?.detail).toBe("gone");
});

test("refuses a size that is none", async () => {
  for (const chunkBytes of [0, -1, 1.5, Number.NaN])
    await expect(rechunk(streamOf([]), chunkBytes).next()).rejects.toThrow("use a whole number of bytes from 1");
});

import { expect, test } from "vitest";
import { unitOutput, quietly } from "../../../src-main/play/decode/decoded-output.ts";
import {
  PackageStreamDecoder,
  type UnitDecoder,
  type UnitReader,
} from "../../../src-main/play/decode/package-stream-decoder.ts";

/** Every byte is a unit. */
const BYTES: UnitReader<number> = {
  read: (bytes) => [...bytes],
  end: () => [],
  skippedStretches: 0,
  isTruncated: false,
};

/** Decodes a byte to one sample; from 200 on it breaks down, and from 100 on the unit is damaged. */
class ByteDecoder implements UnitDecoder<number> {
  static made = 0;
  static freed = 0;
  constructor() {
    ByteDecoder.made++;
  }
  decode(unit: number): { piece?: { pcm: Float32Array; sampleRateHz: number }; isDamaged?: boolean } {
    if (unit >= 200) throw new Error("trap");
    if (unit >= 100) return { isDamaged: true };
    return { piece: { pcm: Float32Array.of(unit), sampleRateHz: 8_000 } };
  }
  free(): void {
    ByteDecoder.freed++;
  }
}

test("a decoder that breaks down is replaced, damage is counted by stretches, and all are freed", async () => {
  const decoder = new PackageStreamDecoder(BYTES, async () => new ByteDecoder(), new ByteDecoder());
  const pieces = [
    ...(await decoder.push(Uint8Array.of(1, 2, 200, 3, 100))),
    ...(await decoder.push(Uint8Array.of(101, 201, 4, 102))),
    ...(await decoder.finish()),
  ];
  expect(pieces.map(({ pcm }) => pcm[0])).toEqual([1, 2, 3, 4]);
  expect(decoder.decodeErrors).toBe(3);
  expect([ByteDecoder.made, ByteDecoder.freed]).toEqual([3, 3]);
});

test("a package that complains without an end is stopped, and the console is as it was", () => {
  const before = Reflect.get(console, "error") as (message: string) => void;
  expect(() =>
    quietly(() => {
      const print = Reflect.get(console, "error") as (message: string) => void;
      for (;;) print("again");
    }),
  ).toThrow("does not get any further");
  expect(Reflect.get(console, "error")).toBe(before);
});

test.each([
  [[[1, 2, 3]], [1, 2, 3]],
  [
    [
      [1, 2],
      [3, 5],
    ],
    [2, 3.5],
  ],
  [
    [
      [1, 2],
      [3, 4],
      [2, 0],
    ],
    [2, 2],
  ],
  [[[], []], undefined],
  [[], undefined],
])("channels %j are averaged to %j", (channels, expected) => {
  const channelData = channels.map((samples) => Float32Array.from(samples));
  const { piece, isDamaged } = unitOutput({ channelData, sampleRate: 8_000, errors: [] });
  expect(isDamaged).toBe(false);
  expect(piece && [...piece.pcm]).toEqual(expected);
});

test("samples that are not finite become 0 and are damage", () => {
  const channelData = [Float32Array.of(1, NaN, 2, Infinity)];
  const { piece, isDamaged } = unitOutput({ channelData, sampleRate: 8_000, errors: [] });
  expect([...piece!.pcm]).toEqual([1, 0, 2, 0]);
  expect(isDamaged).toBe(true);
});

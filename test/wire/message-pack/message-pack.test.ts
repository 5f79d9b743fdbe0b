import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { MessagePackReader } from "../../../src-main/wire/message-pack/message-pack-reader.ts";
import { MessagePackWriter } from "../../../src-main/wire/message-pack/message-pack-writer.ts";
import { TaggedMessage } from "../../../src-main/wire/message-pack/tagged-message.ts";
import { fromHex, toHex } from "../hex.ts";
import { fuzzCodec } from "../fuzz-codec.ts";

const EDGES = [0, 1, 31, 32, 33, 127, 128, 129, 255, 256, 32_767, 32_768, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31];
const INTEGERS = [...EDGES, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER].flatMap((edge) => [
  edge,
  0 - edge,
  -edge - 1,
]);
const LENGTHS = [0, 1, 15, 16, 31, 32, 255, 256, 1_920, 65_535, 65_536];

const reading = (bytes: Uint8Array) => new MessagePackReader(bytes);
const readingHex = (text: string) => reading(fromHex(text));

test("integers are written in their shortest form, as another library writes them", () => {
  for (const value of INTEGERS.filter((integer) => Number.isSafeInteger(integer))) {
    const ours = new MessagePackWriter(1).writeInteger(value).finish();
    expect(toHex(ours)).toBe(toHex(encode(value)));
    expect(toHex(new MessagePackWriter().writeInteger(BigInt(value)).finish())).toBe(toHex(ours));
    expect(reading(ours).readInt64()).toBe(BigInt(value));
    expect(reading(ours).readNumber()).toBe(value);
    expect(reading(ours).readCount()).toBe(value < 0 ? undefined : value);
  }
  const largest = new MessagePackWriter()
    .writeInteger(2n ** 63n - 1n)
    .writeInteger(-(2n ** 63n))
    .finish();
  expect(toHex(largest)).toBe("cf7fffffffffffffffd38000000000000000");
  const reader = reading(largest);
  expect([reader.readInt64(), reader.readInt64()]).toEqual([2n ** 63n - 1n, -(2n ** 63n)]);
  expect(readingHex("cf8000000000000000").readInt64()).toBeUndefined();
});

test("texts and lengths are written in their shortest form, as another library writes them", () => {
  for (const length of LENGTHS) {
    const text = "a".repeat(length);
    const bytes = new MessagePackWriter().writeText(text).finish();
    expect(toHex(bytes)).toBe(toHex(encode(text)));
    expect(reading(bytes).readText()).toBe(text);
    expect(reading(bytes).skipText(text)).toBe(true);
    expect(reading(bytes).skipText(`${text}b`)).toBe(false);
    expect(reading(encode(new TextEncoder().encode(text))).readText()).toBe(text);
  }
  expect(reading(new MessagePackWriter().writeText("Grüße, 世界 \u{1F600}").finish()).readText()).toBe(
    "Grüße, 世界 \u{1F600}",
  );
  expect(reading(new MessagePackWriter().writeText("\ufeffa").finish()).readText()).toBe("\ufeffa");
  expect(readingHex("a2 c328").readText()).toBeUndefined();
});

test("an array of samples keeps every bit, in any number", () => {
  const random = seededRandom(1);
  for (const length of LENGTHS) {
    const pcm = Float32Array.from({ length }, () => 2 * random() - 1);
    const bytes = new MessagePackWriter(1).writeFloats(pcm).finish();
    expect(bytes.length).toBe(5 * length + (length < 16 ? 1 : length < 65_536 ? 3 : 5));
    const reader = reading(bytes);
    expect(reader.readFloats()).toEqual(pcm);
    expect(reader.position).toBe(bytes.length);
    expect(decode(bytes)).toEqual(Array.from(pcm));
    expect(reading(encode(Array.from(pcm))).readFloats()).toEqual(pcm);
  }
  const special = Float32Array.of(-0, Number.NaN, Infinity, -Infinity, 1e-45);
  expect(reading(new MessagePackWriter().writeFloats(special).finish()).readFloats()).toEqual(special);
});

test("numbers of all types in one array become samples", () => {
  const mixed =
    "9b 01 ff cc80 cd0100 ce00010000 cf0000000000000002 d080 d18000 ca3f000000 cb3fd0000000000000 d3ffffffffffffffff";
  expect(Array.from(readingHex(mixed).readFloats()!)).toEqual([
    1, -1, 128, 256, 65_536, 2, -128, -32_768, 0.5, 0.25, -1,
  ]);
  for (const bad of [
    "92 ca3f800000 ca3f80",
    "91 c0",
    "91 c3",
    "91 a131",
    "91 90",
    "c4 0101",
    "a131",
    "01",
    "c0",
    "80",
  ]) {
    const reader = readingHex(bad);
    expect(reader.readFloats(), bad).toBeUndefined();
    expect(reader.position).toBe(0);
  }
});

test("bytes come from a binary or from an array of integers up to 255", () => {
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(reading(new MessagePackWriter(1).writeIntegers(all).finish()).readBytes()).toEqual(all);
  expect(reading(encode(Array.from(all))).readBytes()).toEqual(all);
  for (const length of LENGTHS) {
    const binary = new Uint8Array(length).fill(7);
    expect(reading(encode(binary)).readBytes()).toEqual(binary);
  }
  expect(readingHex("93 cd0007 ce00000008 d009").readBytes()).toEqual(Uint8Array.of(7, 8, 9));
  for (const bad of ["91 cd0100", "91 ff", "91 ca3f800000", "91 c0", "a131", "c402 01"]) {
    expect(readingHex(bad).readBytes(), bad).toBeUndefined();
  }
});

test("one type is never taken for another", () => {
  const kinds: Record<string, string> = {
    nil: "c0",
    boolean: "c3",
    integer: "05",
    float32: "ca3f800000",
    float64: "cb3ff0000000000000",
    text: "a3616263",
    binary: "c403616263",
    array: "9101",
    map: "81a16101",
    extension: "d401ff",
    invalid: "c1",
    nothing: "",
  };
  const readers: Record<string, [(reader: MessagePackReader) => unknown, string[]]> = {
    map: [(reader) => reader.readMapLength(), ["map"]],
    array: [(reader) => reader.readArrayLength(), ["array"]],
    text: [(reader) => reader.readText(), ["text", "binary"]],
    number: [(reader) => reader.readNumber(), ["integer", "float32", "float64"]],
    seconds: [(reader) => reader.readSecondsAsMs(), ["integer", "float32", "float64"]],
    int64: [(reader) => reader.readInt64(), ["integer"]],
    count: [(reader) => reader.readCount(), ["integer"]],
    floats: [(reader) => reader.readFloats(), ["array"]],
    bytes: [(reader) => reader.readBytes(), ["array", "binary"]],
  };
  for (const [name, [read, accepted]] of Object.entries(readers)) {
    for (const [kind, bytes] of Object.entries(kinds)) {
      const reader = readingHex(bytes);
      expect(read(reader) !== undefined, `${name} of ${kind}`).toBe(accepted.includes(kind));
      if (!accepted.includes(kind)) expect(reader.position, `${name} of ${kind}`).toBe(0);
    }
  }
});

test("whatever another library writes is stepped over exactly, and not when it is cut off", () => {
  const random = seededRandom(2);
  for (let count = 0; count < 2_000; count++) {
    const bytes = encode(randomValue(random, 4));
    const followed = reading(Uint8Array.of(...bytes, 0xc3));
    expect(followed.skip()).toBe(true);
    expect(followed.position).toBe(bytes.length);
    expect(reading(bytes.subarray(0, Math.floor(random() * bytes.length))).skip()).toBe(false);
  }
  for (const extension of ["d40102", "d5010203", "d6010203ff04", `d8${"01".repeat(17)}`, "c7020102ff", "c800010101"]) {
    expect(readingHex(extension).skip(), extension).toBe(true);
  }
});

test("nesting has a limit, and a length without its bytes is no memory", () => {
  const nested = (depth: number) => reading(Uint8Array.of(...new Uint8Array(depth).fill(0x91), 0xc0));
  expect(nested(32).skip()).toBe(true);
  expect(nested(33).skip()).toBe(false);
  expect(nested(100_000).skip()).toBe(false);
  for (const bytes of ["ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "dd7fffffff00", "c9ffffffff01"]) {
    const reader = readingHex(bytes);
    expect([reader.skip(), reader.readFloats(), reader.readBytes(), reader.readText()]).toEqual([
      false,
      undefined,
      undefined,
      undefined,
    ]);
  }
});

test("a message is read by its type, wherever that stands; twice is no type", () => {
  const message = new TaggedMessage(encode({ x: [1, { y: 2 }], n: 7, type: "T" }));
  expect(message.type).toBe("T");
  expect(message.field("n")?.readNumber()).toBe(7);
  expect(message.field("x")?.readArrayLength()).toBe(2);
  expect(message.field("n")?.readNumber()).toBe(7);
  expect(message.field("missing")).toBeUndefined();
  expect(new TaggedMessage(fromHex("82 a474797065 a154 a474797065 a154")).type).toBeUndefined();
  const doubled = new TaggedMessage(fromHex("83 a474797065 a154 a16e 01 a16e 01"));
  expect(doubled.type).toBe("T");
  expect(doubled.field("n")).toBeUndefined();
  const positional = new TaggedMessage(encode(["T", 1, "two"]));
  expect([positional.type, positional.field("n")?.readNumber(), positional.field("s", 1)?.readText()]).toEqual([
    "T",
    1,
    "two",
  ]);
  expect(positional.field("s", 2)).toBeUndefined();
});

test("1,000,000 fuzzed values are read or refused", () => {
  const random = seededRandom(3);
  const valid = Array.from({ length: 200 }, () => encode(randomValue(random, 3))).filter(({ length }) => length < 500);
  const result = fuzzCodec(valid, (bytes) => {
    const reader = reading(bytes);
    const isWhole = reader.skip();
    if (isWhole && reader.position > bytes.length) throw new Error("read beyond the end");
    reader.position = 0;
    reader.readFloats();
    reader.position = 0;
    reader.readBytes();
    reader.position = 0;
    reader.readText();
    return isWhole;
  });
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

function randomValue(random: () => number, depth: number): unknown {
  const below = (limit: number) => Math.floor(random() * limit);
  const items = () => Array.from({ length: below(depth === 0 ? 1 : 20) }, () => randomValue(random, depth - 1));
  const makers = [
    () => null,
    () => random() < 0.5,
    () => below(2 ** below(53)) * (random() < 0.5 ? -1 : 1),
    () => random() - 0.5,
    () => "é".repeat(below(40)),
    () => new Uint8Array(below(40)),
    () => items(),
    () => Object.fromEntries(items().map((item, index) => [`key${index}`, item])),
  ];
  return makers[below(makers.length)]!();
}

import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import {
  decodeSttClientMessage,
  decodeSttServerMessage,
  encodeSttClientMessage,
  encodeSttServerMessage,
  type SttClientMessage,
  type SttServerMessage,
} from "../../../src-main/wire/moshi-stt/stt-messages.ts";
import { fuzzCodec } from "../fuzz-codec.ts";
import { fromHex, toHex } from "../hex.ts";

const TYPE = "a474797065";
const AUDIO = `${TYPE} a5417564696f`;
const OGG_OPUS = `${TYPE} a74f67674f707573`;
const MARKER = `${TYPE} a64d61726b6572`;
const PCM = "a370636d";
const DATA = "a464617461";
const ID = "a26964";

const SERVER_MESSAGES: readonly SttServerMessage[] = [
  { type: "Ready" },
  { type: "Step", stepIndex: 300, pauseProbabilities: Float32Array.of(0.5, 0.25), bufferedSamples: 1_920 },
  { type: "Word", text: "hi", startMs: 1_000 },
  { type: "Word", text: "", startMs: 0 },
  { type: "EndWord", stopMs: 80.5 },
  { type: "Marker", id: -3n },
  { type: "Error", message: "no free channels" },
];
const CLIENT_MESSAGES: readonly SttClientMessage[] = [
  { type: "Audio", pcm: Float32Array.of(0, 0.5, -1, Math.fround(0.1)) },
  { type: "Audio", pcm: new Float32Array() },
  { type: "OggOpus", data: Uint8Array.of(0x4f, 0x67, 0x67, 0x53, 0, 255) },
  { type: "Marker", id: 2n ** 63n - 1n },
  { type: "Marker", id: 0n },
  { type: "Init" },
];

function accepted(hex: string): SttClientMessage {
  const decoded = decodeSttClientMessage(fromHex(hex));
  if (!decoded.ok) throw new Error(decoded.failure.detail);
  return decoded.value;
}

function isRejected(hex: string): boolean {
  const decoded = decodeSttClientMessage(fromHex(hex));
  return !decoded.ok && decoded.failure.code === "protocol-error" && decoded.failure.stage === "wire";
}

test.each([
  ["Ready", SERVER_MESSAGES[0]!, "81 a4 74797065 a5 5265616479"],
  [
    "Word",
    SERVER_MESSAGES[2]!,
    "83 a4 74797065 a4 576f7264 a4 74657874 a2 6869 aa 73746172745f74696d65 cb 3ff0000000000000",
  ],
  [
    "Step",
    SERVER_MESSAGES[1]!,
    "84 a4 74797065 a4 53746570 a8 737465705f696478 cd 012c a3 707273 92 ca 3f000000 ca 3e800000 ac 62756666657265645f70636d cd 0780",
  ],
])("%s has the bytes of the reference", (_, message, hex) => {
  expect(toHex(encodeSttServerMessage(message))).toBe(toHex(fromHex(hex)));
  expect(decodeSttServerMessage(fromHex(hex))).toEqual({ ok: true, value: message });
});

test("the other server messages are maps with the fields of the protocol", () => {
  expect(decode(encodeSttServerMessage(SERVER_MESSAGES[4]!))).toEqual({ type: "EndWord", stop_time: 0.0805 });
  expect(decode(encodeSttServerMessage(SERVER_MESSAGES[5]!))).toEqual({ type: "Marker", id: -3 });
  expect(decode(encodeSttServerMessage(SERVER_MESSAGES[6]!))).toEqual({ type: "Error", message: "no free channels" });
  expect(toHex(encodeSttServerMessage({ type: "EndWord", stopMs: 560 }))).toBe(
    toHex(fromHex(`82 ${TYPE} a7 456e64576f7264 a9 73746f705f74696d65 cb 3fe1eb851eb851ec`)),
  );
});

test("client messages are maps with single precision and with arrays", () => {
  expect(toHex(encodeSttClientMessage({ type: "Audio", pcm: Float32Array.of(0.5, -1) }))).toBe(
    toHex(fromHex(`82 ${AUDIO} ${PCM} 92 ca3f000000 cabf800000`)),
  );
  expect(toHex(encodeSttClientMessage({ type: "OggOpus", data: Uint8Array.of(1, 128) }))).toBe(
    toHex(fromHex(`82 ${OGG_OPUS} ${DATA} 92 01 cc80`)),
  );
  expect(toHex(encodeSttClientMessage({ type: "Marker", id: -33n }))).toBe(toHex(fromHex(`82 ${MARKER} ${ID} d0df`)));
  expect(toHex(encodeSttClientMessage({ type: "Init" }))).toBe(toHex(fromHex(`81 ${TYPE} a4496e6974`)));
});

test("every message comes back as it was", () => {
  for (const message of CLIENT_MESSAGES) {
    expect(decodeSttClientMessage(encodeSttClientMessage(message))).toEqual({ ok: true, value: message });
  }
  for (const message of SERVER_MESSAGES) {
    expect(decodeSttServerMessage(encodeSttServerMessage(message))).toEqual({ ok: true, value: message });
  }
  const random = seededRandom(5);
  for (let count = 0; count < 500; count++) {
    const pcm = Float32Array.from({ length: Math.floor(random() * 300) }, () => 2 * random() - 1);
    expect(decodeSttClientMessage(encodeSttClientMessage({ type: "Audio", pcm }))).toEqual({
      ok: true,
      value: { type: "Audio", pcm },
    });
    const id = BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 32)) << BigInt(Math.floor(random() * 40)));
    expect(decodeSttClientMessage(encodeSttClientMessage({ type: "Marker", id }))).toEqual({
      ok: true,
      value: { type: "Marker", id },
    });
    const stopMs = Math.floor(random() * 1e5) * 80;
    const end = decodeSttServerMessage(encodeSttServerMessage({ type: "EndWord", stopMs }));
    expect(end.ok && end.value.type === "EndWord" && Math.abs(end.value.stopMs - stopMs)).toBeLessThan(1e-6);
  }
});

test("pcm is an array of single, double and whole numbers, mixed", () => {
  const mixed = accepted(`82 ${AUDIO} ${PCM} 95 ca3f000000 cb3fd0000000000000 01 ff d1ff00`);
  expect(mixed).toEqual({ type: "Audio", pcm: Float32Array.of(0.5, 0.25, 1, -1, -256) });
  const whole = decodeSttClientMessage(encode({ type: "Audio", pcm: [0.1, 0.2, 3] }));
  expect(whole).toEqual({ ok: true, value: { type: "Audio", pcm: Float32Array.of(0.1, 0.2, 3) } });
});

test("pcm as a binary is rejected", () => expect(isRejected(`82 ${AUDIO} ${PCM} c404 00000000`)).toBe(true));

test.each([
  ["missing", `81 ${AUDIO}`],
  ["with nil", `82 ${AUDIO} ${PCM} 92 ca3f000000 c0`],
  ["nil", `82 ${AUDIO} ${PCM} c0`],
  ["twice", `83 ${AUDIO} ${PCM} 9101 ${PCM} 9101`],
  ["with a text", `82 ${AUDIO} ${PCM} 91 a131`],
])("pcm %s is rejected", (_, hex) => expect(isRejected(hex)).toBe(true));

test("an empty pcm is accepted", () =>
  expect(accepted(`82 ${AUDIO} ${PCM} 90`)).toEqual({ type: "Audio", pcm: new Float32Array() }));

test.each([
  ["an array", `82 ${OGG_OPUS} ${DATA} 93 00 7f ccff`],
  ["a binary, the type first", `82 ${OGG_OPUS} ${DATA} c403 007fff`],
  ["a binary, the type last", `82 ${DATA} c403 007fff ${OGG_OPUS}`],
])("Ogg Opus as %s is accepted", (_, hex) =>
  expect(accepted(hex)).toEqual({ type: "OggOpus", data: Uint8Array.of(0, 127, 255) }),
);

test.each([
  ["as a text", `82 ${OGG_OPUS} ${DATA} a3616263`],
  ["with a number above 255", `82 ${OGG_OPUS} ${DATA} 91 cd0100`],
  ["with a number below 0", `82 ${OGG_OPUS} ${DATA} 91 ff`],
  ["with a float", `82 ${OGG_OPUS} ${DATA} 91 ca3f800000`],
  ["without data", `81 ${OGG_OPUS}`],
])("Ogg Opus %s is rejected", (_, hex) => expect(isRejected(hex)).toBe(true));

test.each([
  ["the type last", `82 ${ID} 05 ${MARKER}`],
  ["unknown keys of any type", `85 a178 81a179c0 ${MARKER} 07 c3 ${ID} 05 c0 c0`],
  ["an unknown key twice", `84 a178 01 a178 02 ${MARKER} ${ID} 05`],
  ["a binary key", `82 c40474797065 a64d61726b6572 c4026964 05`],
  ["a binary type", `82 ${TYPE} c4064d61726b6572 ${ID} 05`],
  ["an array of type and field", `92 a64d61726b6572 05`],
  ["an array with a binary type", `92 c4064d61726b6572 05`],
  ["bytes behind it", `82 ${MARKER} ${ID} 05 c1 ff 00`],
  ["longer forms than needed", `df00000002 d90474797065 da00064d61726b6572 db000000026964 cf0000000000000005`],
])("a message with %s is accepted", (_, hex) => expect(accepted(hex)).toEqual({ type: "Marker", id: 5n }));

test("the other arrays of type and field are accepted", () => {
  expect(accepted("92 a5417564696f 91ca3f000000")).toEqual({ type: "Audio", pcm: Float32Array.of(0.5) });
  expect(accepted("92 a74f67674f707573 9101")).toEqual({ type: "OggOpus", data: Uint8Array.of(1) });
  expect(accepted("91 a4496e6974")).toEqual({ type: "Init" });
});

test.each([
  ["-1", "ff", -1n],
  ["-2^63", "d38000000000000000", -(2n ** 63n)],
  ["2^63 - 1", "cf7fffffffffffffff", 2n ** 63n - 1n],
])("the id %s is accepted", (_, hex, id) =>
  expect(accepted(`82 ${MARKER} ${ID} ${hex}`)).toEqual({ type: "Marker", id }),
);

test.each([
  ["a float", "ca3f800000"],
  ["a text", "a131"],
  ["2^63", "cf8000000000000000"],
  ["nil", "c0"],
])("the id as %s is rejected", (_, hex) => expect(isRejected(`82 ${MARKER} ${ID} ${hex}`)).toBe(true));

test.each([
  ["an unknown type", `81 ${TYPE} a3466f6f`],
  ["a type in other letters", `82 ${TYPE} a5617564696f ${PCM} 90`],
  ["no type", `81 ${PCM} 90`],
  ["the type twice", `83 ${MARKER} ${MARKER} ${ID} 05`],
  ["a type that is a number", `81 ${TYPE} 00`],
  ["a single zero", "00"],
  ["nothing", ""],
  ["an empty map", "80"],
  ["an empty array", "90"],
  ["an array of the type alone", "91 a5417564696f"],
  ["its end cut off", `82 ${MARKER} ${ID}`],
  ["a text", "a5417564696f"],
  ["more entries than bytes", `dfffffffff ${MARKER} ${ID} 05`],
])("a message with %s is rejected", (_, hex) => expect(isRejected(hex)).toBe(true));

test("every message that is cut off is rejected, at every byte", () => {
  for (const bytes of CLIENT_MESSAGES.map(encodeSttClientMessage)) {
    for (let end = 0; end < bytes.length; end++) expect(isRejected(toHex(bytes.subarray(0, end)))).toBe(true);
  }
  for (const bytes of SERVER_MESSAGES.map(encodeSttServerMessage)) {
    for (let end = 0; end < bytes.length; end++) {
      expect(decodeSttServerMessage(bytes.subarray(0, end)).ok, `${toHex(bytes)} to ${end}`).toBe(false);
    }
  }
});

test("a client takes what other servers may send", () => {
  expect(decodeSttServerMessage(encode({ type: "Word", text: "a b", start_time: 1, extra: null }))).toEqual({
    ok: true,
    value: { type: "Word", text: "a b", startMs: 1_000 },
  });
  expect(decodeSttServerMessage(encode({ type: "Surprise", with: [1] }))).toEqual({
    ok: true,
    value: { type: "Unknown" },
  });
  for (const bad of [
    { text: "no type" },
    { type: 7 },
    { type: "Word", text: "no time" },
    { type: "Word", text: "a", start_time: Number.NaN },
    { type: "EndWord", stop_time: "1" },
    { type: "Step", step_idx: -1, prs: [0], buffered_pcm: 0 },
    { type: "Step", step_idx: 1, prs: 0.5, buffered_pcm: 0 },
    { type: "Marker", id: 0.5 },
    { type: "Error" },
  ]) {
    const decoded = decodeSttServerMessage(encode(bad));
    expect(!decoded.ok && decoded.failure.code, JSON.stringify(bad)).toBe("protocol-error");
  }
});

test("1,000,000 fuzzed client messages are read or end the connection", () => {
  const result = fuzzCodec(CLIENT_MESSAGES.map(encodeSttClientMessage), (bytes) => {
    const decoded = decodeSttClientMessage(bytes);
    if (!decoded.ok && decoded.failure.code !== "protocol-error") throw new Error(decoded.failure.code);
    return decoded.ok && decodeSttClientMessage(encodeSttClientMessage(decoded.value)).ok;
  });
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

test("1,000,000 fuzzed server messages are read or end the connection", () => {
  const result = fuzzCodec(SERVER_MESSAGES.map(encodeSttServerMessage), (bytes) => {
    const decoded = decodeSttServerMessage(bytes);
    if (!decoded.ok && decoded.failure.code !== "protocol-error") throw new Error(decoded.failure.code);
    if (!decoded.ok || decoded.value.type === "Unknown") return decoded.ok;
    return decodeSttServerMessage(encodeSttServerMessage(decoded.value)).ok;
  });
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

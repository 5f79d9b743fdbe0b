import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import {
  decodeTtsClientMessage,
  decodeTtsServerMessage,
  encodeTtsClientMessage,
  encodeTtsServerMessage,
  type TtsClientMessage,
  type TtsServerMessage,
} from "../../../src-main/wire/moshi-tts/tts-messages.ts";
import { fuzzCodec } from "../fuzz-codec.ts";
import { fromHex, toHex } from "../hex.ts";

const TYPE = "a474797065";
const TEXT = `${TYPE} a454657874`;
const VOICE = `${TYPE} a5566f696365`;

const CLIENT_MESSAGES: readonly TtsClientMessage[] = [
  { type: "Text", text: "Grüße" },
  { type: "Text", text: "" },
  { type: "Voice", embeddings: Float32Array.of(0.5, -1, 3), shape: [1, 1, 3] },
  { type: "Voice", embeddings: new Float32Array(), shape: [] },
  { type: "Eos" },
];
const SERVER_MESSAGES: readonly TtsServerMessage[] = [
  { type: "Ready" },
  { type: "Text", text: "hi", startMs: 250, stopMs: 500 },
  { type: "Text", text: '<break time="0.50s">', startMs: 0, stopMs: 0 },
  { type: "Audio", pcm: Float32Array.of(0, 0.5, -1) },
  { type: "OggOpus", data: Uint8Array.of(0x4f, 0x67, 200) },
  { type: "Error", message: "no free channels" },
];

function isRejected(bytes: Uint8Array): boolean {
  const decoded = decodeTtsClientMessage(bytes);
  return !decoded.ok && decoded.failure.code === "protocol-error" && decoded.failure.stage === "wire";
}

test("client messages have these bytes", () => {
  expect(toHex(encodeTtsClientMessage({ type: "Text", text: "hi" }))).toBe(
    toHex(fromHex(`82 ${TEXT} a474657874 a26869`)),
  );
  expect(toHex(encodeTtsClientMessage({ type: "Eos" }))).toBe(toHex(fromHex(`81 ${TYPE} a3456f73`)));
  expect(
    toHex(encodeTtsClientMessage({ type: "Voice", embeddings: Float32Array.of(0.5), shape: [1, 300, 70_000] })),
  ).toBe(toHex(fromHex(`83 ${VOICE} aa656d62656464696e6773 91ca3f000000 a57368617065 93 01 cd012c ce00011170`)));
});

test("server messages have these bytes: times in double precision, samples in single, Ogg as an array", () => {
  expect(toHex(encodeTtsServerMessage({ type: "Ready" }))).toBe(toHex(fromHex("81 a4 74797065 a5 5265616479")));
  expect(toHex(encodeTtsServerMessage(SERVER_MESSAGES[1]!))).toBe(
    toHex(
      fromHex(`84 ${TEXT} a474657874 a26869 a7 73746172745f73 cb3fd0000000000000 a6 73746f705f73 cb3fe0000000000000`),
    ),
  );
  expect(toHex(encodeTtsServerMessage(SERVER_MESSAGES[3]!))).toBe(
    toHex(fromHex(`82 ${TYPE} a5417564696f a370636d 93 ca00000000 ca3f000000 cabf800000`)),
  );
  expect(toHex(encodeTtsServerMessage(SERVER_MESSAGES[4]!))).toBe(
    toHex(fromHex(`82 ${TYPE} a74f67674f707573 a464617461 93 4f 67 ccc8`)),
  );
  expect(decode(encodeTtsServerMessage(SERVER_MESSAGES[5]!))).toEqual({ type: "Error", message: "no free channels" });
});

test("every message comes back as it was, and not when it is cut off", () => {
  for (const message of CLIENT_MESSAGES) {
    const bytes = encodeTtsClientMessage(message);
    expect(decodeTtsClientMessage(bytes)).toEqual({ ok: true, value: message });
    for (let end = 0; end < bytes.length; end++) expect(isRejected(bytes.subarray(0, end))).toBe(true);
  }
  for (const message of SERVER_MESSAGES) {
    const bytes = encodeTtsServerMessage(message);
    expect(decodeTtsServerMessage(bytes)).toEqual({ ok: true, value: message });
    for (let end = 0; end < bytes.length; end++) expect(decodeTtsServerMessage(bytes.subarray(0, end)).ok).toBe(false);
  }
});

test("a single zero is the end of the text; with more behind it, it is not", () => {
  expect(decodeTtsClientMessage(fromHex("00"))).toEqual({ ok: true, value: { type: "Eos" } });
  expect(isRejected(fromHex("0000"))).toBe(true);
  expect(isRejected(fromHex(""))).toBe(true);
});

test("what a voice server answers can be sent on as it is", () => {
  const embeddings = Array.from({ length: 512 }, (_, index) => Math.fround(index / 7));
  const relayed = encode({ type: "Voice", embeddings, shape: [1, 1, 512] });
  expect(decodeTtsClientMessage(relayed)).toEqual({
    ok: true,
    value: { type: "Voice", embeddings: Float32Array.from(embeddings), shape: [1, 1, 512] },
  });
});

test.each([[[]], [[1, 1, 1, 1]], [Array.from({ length: 100_000 }, () => 1)]])(
  "a voice with other than 1 to 3 dimensions is the default voice",
  (shape) => {
    const decoded = decodeTtsClientMessage(encode({ type: "Voice", embeddings: [1], shape }));
    expect(decoded.ok && decoded.value).toEqual({ type: "Voice", embeddings: Float32Array.of(1), shape: [] });
  },
);

test.each([
  { type: "Text" },
  { type: "Text", text: 1 },
  { type: "Text", text: null },
  { type: "Voice", embeddings: [1] },
  { type: "Voice", shape: [1] },
  { type: "Voice", embeddings: ["1"], shape: [1] },
  { type: "Voice", embeddings: [1], shape: [-1] },
  { type: "Voice", embeddings: [1], shape: [0.5] },
  { type: "Voice", embeddings: new Uint8Array(4), shape: [1] },
  { type: "Audio", pcm: [] },
  { type: "eos" },
  { text: "no type" },
  "Text",
  null,
])("%j ends the connection of a client", (message) => expect(isRejected(encode(message))).toBe(true));

test("a client takes what other servers may send", () => {
  expect(decodeTtsServerMessage(encode({ stop_s: 1, start_s: 0, text: "", type: "Text", extra: [] }))).toEqual({
    ok: true,
    value: { type: "Text", text: "", startMs: 0, stopMs: 1_000 },
  });
  expect(decodeTtsServerMessage(encode({ type: "OggOpus", data: Uint8Array.of(1, 2) }))).toEqual({
    ok: true,
    value: { type: "OggOpus", data: Uint8Array.of(1, 2) },
  });
  expect(decodeTtsServerMessage(encode({ type: "Surprise" }))).toEqual({ ok: true, value: { type: "Unknown" } });
  for (const bad of [{}, { type: "Audio" }, { type: "Text", text: "a", start_s: 0 }, { type: "Error", message: 1 }]) {
    const decoded = decodeTtsServerMessage(encode(bad));
    expect(!decoded.ok && decoded.failure.code).toBe("protocol-error");
  }
});

test("1,000,000 fuzzed client messages are read or end the connection", () => {
  const result = fuzzCodec([...CLIENT_MESSAGES.map(encodeTtsClientMessage), fromHex("00")], (bytes) => {
    const decoded = decodeTtsClientMessage(bytes);
    if (!decoded.ok && decoded.failure.code !== "protocol-error") throw new Error(decoded.failure.code);
    return decoded.ok && decodeTtsClientMessage(encodeTtsClientMessage(decoded.value)).ok;
  });
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

test("1,000,000 fuzzed server messages are read or end the connection", () => {
  const result = fuzzCodec(SERVER_MESSAGES.map(encodeTtsServerMessage), (bytes) => {
    const decoded = decodeTtsServerMessage(bytes);
    if (!decoded.ok && decoded.failure.code !== "protocol-error") throw new Error(decoded.failure.code);
    if (!decoded.ok || decoded.value.type === "Unknown") return decoded.ok;
    return decodeTtsServerMessage(encodeTtsServerMessage(decoded.value)).ok;
  });
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(100_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

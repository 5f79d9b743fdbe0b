import { expect, test } from "vitest";
import {
  decodeChatMessage,
  encodeChatMessage,
  type ChatMessage,
} from "../../../src-main/wire/moshi-chat/chat-messages.ts";
import { fuzzCodec } from "../fuzz-codec.ts";
import { fromHex, toHex } from "../hex.ts";

const GOLDEN: readonly (readonly [string, ChatMessage])[] = [
  ["00", { kind: "handshake" }],
  ["00 00000000 00000000", { kind: "handshake", versions: { protocol: 0, model: 0 } }],
  ["00 00000000 04030281", { kind: "handshake", versions: { protocol: 0, model: 0x8102_0304 } }],
  ["01 4f676753 00", { kind: "audio", data: fromHex("4f67675300") }],
  ["01", { kind: "audio", data: new Uint8Array() }],
  ["02 20 68c3a9", { kind: "text", text: " hé" }],
  ["02", { kind: "text", text: "" }],
  ["03 00", { kind: "control", control: "start" }],
  ["03 01", { kind: "control", control: "endTurn" }],
  ["03 02", { kind: "control", control: "pause" }],
  ["03 03", { kind: "control", control: "restart" }],
  ["04 7b7d", { kind: "metadata", json: "{}" }],
  ["05 6e6f", { kind: "error", message: "no" }],
  ["06", { kind: "ping" }],
  ["07 02 6869", { kind: "coloured-text", colour: 2, text: "hi" }],
  ["08 ffd8", { kind: "image", data: fromHex("ffd8") }],
  ["09 01000000 ffffffff", { kind: "codes", codes: Uint32Array.of(1, 0xffff_ffff) }],
];

test.each(GOLDEN)("%s both ways", (hex, message) => {
  expect(toHex(encodeChatMessage(message))).toBe(toHex(fromHex(hex)));
  expect(decodeChatMessage(fromHex(hex))).toEqual({ ok: true, value: message });
});

test.each(["00 00", "00 00000000", "00 0000000000000"])("the handshake %s has no versions", (hex) => {
  expect(decodeChatMessage(fromHex(hex))).toEqual({ ok: true, value: { kind: "handshake" } });
});

test("a handshake longer than usual is one", () => {
  expect(decodeChatMessage(fromHex("00 01000000 02000000 ff"))).toEqual({
    ok: true,
    value: { kind: "handshake", versions: { protocol: 1, model: 2 } },
  });
});

test("unknown kinds and controls are values", () => {
  for (let byte = 10; byte < 256; byte++) {
    expect(decodeChatMessage(Uint8Array.of(byte, 1, 2))).toEqual({ ok: true, value: { kind: "unknown", byte } });
  }
  expect(decodeChatMessage(fromHex("03 04"))).toEqual({ ok: true, value: { kind: "unknown", byte: 3 } });
});

test("what follows a control or a ping is ignored, and bad UTF-8 is still text", () => {
  expect(decodeChatMessage(fromHex("03 01 ff"))).toEqual({ ok: true, value: { kind: "control", control: "endTurn" } });
  expect(decodeChatMessage(fromHex("06 00"))).toEqual({ ok: true, value: { kind: "ping" } });
  expect(decodeChatMessage(fromHex("02 ff 41"))).toEqual({ ok: true, value: { kind: "text", text: "\ufffdA" } });
});

test.each(["", "03", "07", "09 00", "09 01000000 00"])("%j is a protocol error", (hex) => {
  const decoded = decodeChatMessage(fromHex(hex));
  expect(!decoded.ok && decoded.failure).toMatchObject({ code: "protocol-error", stage: "wire", retryable: false });
});

test("1,000,000 fuzzed messages are read or refused", () => {
  const result = fuzzCodec(
    GOLDEN.map(([hex]) => fromHex(hex)),
    (bytes) => {
      const decoded = decodeChatMessage(bytes);
      if (!decoded.ok && decoded.failure.code !== "protocol-error") throw new Error(decoded.failure.code);
      if (!decoded.ok || decoded.value.kind === "unknown") return decoded.ok;
      return decodeChatMessage(encodeChatMessage(decoded.value)).ok;
    },
  );
  expect(result.accepted).toBeGreaterThan(100_000);
  expect(result.rejected).toBeGreaterThan(10_000);
  expect(result.heapGrowthBytes).toBeLessThan(5_000_000);
}, 60_000);

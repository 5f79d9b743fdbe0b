import { expect, test } from "vitest";
import { decodeAudio, encodeMicrophoneFrame, encodeSpeakerPcm } from "../../src-shared/carrier-protocol.ts";
import { pageMessageSchema } from "../../src-shared/carrier-schemas.ts";
import { noPlaybackCounters } from "../../src-shared/speaker-protocol.ts";

const frame = {
  pcm: Float32Array.from({ length: 768 }, (_, index) => Math.sin(index)),
  endedAtMs: 1_795_245_600_123.25,
};

test("a microphone frame comes back bit for bit, with its time", () => {
  const outcome = decodeAudio(new Uint8Array(encodeMicrophoneFrame(frame)));
  expect(outcome).toEqual({ ok: true, value: { kind: "microphone", frame } });
});

test("speaker samples come back bit for bit, with their generation", () => {
  const pcm = Float32Array.of(0, -1, 1, 1e-38, -0);
  const outcome = decodeAudio(new Uint8Array(encodeSpeakerPcm(4_294_967_295, pcm)));
  expect(outcome).toEqual({ ok: true, value: { kind: "speaker", generation: 4_294_967_295, pcm } });
});

test("the layout is the documented one, little-endian whatever the machine", () => {
  const header = new DataView(encodeMicrophoneFrame(frame));
  expect(header.getUint8(0)).toBe(1);
  expect(header.getFloat64(8, true)).toBe(frame.endedAtMs);
  expect(header.getFloat32(16 + 4 * 5, true)).toBe(frame.pcm[5]);
  const speaker = new DataView(encodeSpeakerPcm(7, Float32Array.of(0.5)));
  expect(speaker.byteLength).toBe(20);
  expect(speaker.getUint8(0)).toBe(2);
  expect(speaker.getUint32(4, true)).toBe(7);
  expect(speaker.getFloat32(16, true)).toBe(0.5);
});

test("samples are a view of the message where memory is aligned and a copy where it is not", () => {
  const message = new Uint8Array(encodeSpeakerPcm(1, Float32Array.of(0.25, 0.5)));
  const aligned = decodeAudio(message);
  expect(aligned.ok && aligned.value.kind === "speaker" && aligned.value.pcm.buffer === message.buffer).toBe(true);
  for (const offset of [1, 2, 3, 4]) {
    const shifted = new Uint8Array(message.length + offset);
    shifted.set(message, offset);
    const outcome = decodeAudio(shifted.subarray(offset));
    expect(outcome).toEqual({ ok: true, value: { kind: "speaker", generation: 1, pcm: Float32Array.of(0.25, 0.5) } });
  }
});

test("anything else is a protocol error, never a throw", () => {
  const message = new Uint8Array(encodeMicrophoneFrame(frame));
  const foreign = message.slice();
  foreign[0] = 3;
  const malformed = [new Uint8Array(0), new Uint8Array(15), message.subarray(0, -1), message.subarray(0, -4), foreign];
  for (const bytes of malformed) {
    expect(decodeAudio(bytes)).toMatchObject({ ok: false, failure: { code: "protocol-error", stage: "window" } });
  }
});

test("the page may say what the protocol knows and nothing more", () => {
  const progress = { kind: "progress", ...noPlaybackCounters(1), playedSamples: 2, bufferedSamples: 3 };
  const messages = [
    { kind: "request", id: 1, name: "type-text", input: { text: "hello" } },
    { kind: "audio-ports", wallLeadMs: -0.5 },
    { kind: "speaker", message: progress },
    { kind: "speaker", message: { kind: "audible", generation: 1, atMs: 12.5, outputLatencyMs: 30 } },
    { kind: "speaker", message: { ...progress, kind: "finished", flushed: true, atMs: 12.5 } },
  ];
  for (const message of messages) expect(pageMessageSchema.parse(message)).toEqual(message);
  const refused = [
    undefined,
    "audio-ports",
    { kind: "shutdown" },
    { kind: "audio-ports" },
    { kind: "audio-ports", wallLeadMs: 0, extra: true },
    { kind: "request", id: "1", name: "type-text", input: {} },
    { kind: "request", id: 1.5, name: "type-text", input: {} },
    { kind: "speaker", message: { ...progress, playedSamples: -1 } },
    { kind: "speaker", message: { kind: "begin", generation: 1, firstSample: 0 } },
    { kind: "speaker", message: { kind: "audible", generation: 1, atMs: null } },
  ];
  for (const message of refused) expect(pageMessageSchema.safeParse(message).success).toBe(false);
});

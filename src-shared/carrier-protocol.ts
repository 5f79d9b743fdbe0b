import type { z } from "zod";
import type { AssistantEvent, MicrophoneFrame } from "./assistant-contract.ts";
import { CAPTURE_FRAME_SAMPLES } from "./audio-format.ts";
import type { pageMessageSchema } from "./carrier-schemas.ts";
import { failed, succeeded, type Outcome } from "./failure.ts";
import type { SpeakerCommand } from "./speaker-protocol.ts";

/**
 * The browser shell's one WebSocket: text messages are JSON, binary messages carry audio. Binary layout, little-endian: a header of 16
 * bytes (byte 0 kind, uint32 at 4 generation, float64 at 8 time) and float32 samples behind it, aligned so that no copy is needed.
 */
const HEADER_BYTES = 16;
const MICROPHONE_FRAME = 1;
const SPEAKER_PCM = 2;

/** Text messages from the page; the shell validates them with `pageMessageSchema`. */
export type PageMessage = z.infer<typeof pageMessageSchema>;

/** Text messages to the page. */
export type ShellMessage =
  | { readonly kind: "answer"; readonly id: number; readonly outcome: Outcome<unknown> }
  | { readonly kind: "event"; readonly event: AssistantEvent }
  | { readonly kind: "speaker"; readonly message: Exclude<SpeakerCommand, { kind: "pcm" }> };

/** Audio in a binary message. */
export type CarrierAudio =
  | { readonly kind: "microphone"; readonly frame: MicrophoneFrame }
  | { readonly kind: "speaker"; readonly generation: number; readonly pcm: Float32Array };

/** One microphone frame as a binary message. */
export function encodeMicrophoneFrame({ pcm, endedAtMs }: MicrophoneFrame): ArrayBuffer {
  return encode(MICROPHONE_FRAME, 0, endedAtMs, pcm);
}

/** A piece of a reply as a binary message. */
export function encodeSpeakerPcm(generation: number, pcm: Float32Array): ArrayBuffer {
  return encode(SPEAKER_PCM, generation, 0, pcm);
}

/** Reads a binary message; protocol-error when it is none of ours. The samples are a view when the memory is aligned, else a copy. */
export function decodeAudio(bytes: Uint8Array): Outcome<CarrierAudio> {
  const sampleBytes = bytes.byteLength - HEADER_BYTES;
  if (sampleBytes < 0 || sampleBytes % 4 !== 0) return malformed(`${bytes.byteLength} bytes`);
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const header = new DataView(aligned.buffer, aligned.byteOffset, HEADER_BYTES);
  const pcm = new Float32Array(aligned.buffer, aligned.byteOffset + HEADER_BYTES, sampleBytes / 4);
  switch (header.getUint8(0)) {
    case MICROPHONE_FRAME:
      if (pcm.length !== CAPTURE_FRAME_SAMPLES) return malformed(`a frame of ${pcm.length} samples`);
      return succeeded({ kind: "microphone", frame: { pcm, endedAtMs: header.getFloat64(8, true) } });
    case SPEAKER_PCM:
      return succeeded({ kind: "speaker", generation: header.getUint32(4, true), pcm });
    default:
      return malformed(`kind ${header.getUint8(0)}`);
  }
}

function encode(kind: number, generation: number, atMs: number, pcm: Float32Array): ArrayBuffer {
  const buffer = new ArrayBuffer(HEADER_BYTES + pcm.length * 4);
  const header = new DataView(buffer, 0, HEADER_BYTES);
  header.setUint8(0, kind);
  header.setUint32(4, generation, true);
  header.setFloat64(8, atMs, true);
  new Float32Array(buffer, HEADER_BYTES).set(pcm);
  return buffer;
}

function malformed(detail: string): Outcome<never> {
  return failed("protocol-error", "window", `malformed audio message: ${detail}`);
}

import { setImmediate as nextTurn } from "node:timers/promises";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import type { SpokenPiece } from "../served-engines.ts";
import type { AudioEncoding } from "./audio-encoder.ts";
import { createAudioEncoder } from "./create-audio-encoder.ts";

/** Encoded at once: 5 ms of work for the slowest encoder. */
const SLICE_SAMPLES = 4_800;

/** Bytes of speech while it is made, in pieces of at most 200 ms, none of them empty. Throws what `pieces` throws. */
export async function* encodeSpeech(
  pieces: AsyncIterable<SpokenPiece>,
  encoding: AudioEncoding,
): AsyncGenerator<Uint8Array> {
  const encoder = await createAudioEncoder(encoding, PLAYBACK_RATE_HZ);
  try {
    for await (const { pcm } of pieces) {
      for (let start = 0; start < pcm.length; start += SLICE_SAMPLES) {
        const bytes = encoder.push(pcm.subarray(start, start + SLICE_SAMPLES));
        if (bytes.length > 0) yield bytes;
        await nextTurn();
      }
    }
    const rest = encoder.finish();
    if (rest.length > 0) yield rest;
  } finally {
    encoder.close();
  }
}

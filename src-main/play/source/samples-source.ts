import { setTimeout as delay } from "node:timers/promises";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";

const LOOK_MS = 4;
const MOST_SAMPLES = 2_400;

/** Samples of an engine or an audio streamer as a stream of f32le bytes, so that they take the same road as everything else. */
export class SamplesSource implements ByteSource {
  readonly name: string;
  readonly #chunks: (signal: AbortSignal) => AsyncIterable<Float32Array>;

  /** `name`: of the engine. `chunks`: starts the stream; it ends early when the signal is aborted. */
  constructor(name: string, chunks: (signal: AbortSignal) => AsyncIterable<Float32Array>) {
    this.name = name;
    this.#chunks = chunks;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    return succeeded({ chunks: toBytes(this.#chunks(signal)), declaredEncoding: "f32le" });
  }
}

/** What an engine writes to a ring of its own, from when it begins until `endAt` was said and reached. */
export async function* ringChunks(ring: PcmRing, signal: AbortSignal): AsyncGenerator<Float32Array, undefined> {
  const piece = new Float32Array(MOST_SAMPLES);
  for (let samples = 0; !signal.aborted;) {
    const count = ring.read(piece, MOST_SAMPLES);
    if (count > 0) yield piece.slice(0, count);
    else if (ring.endSamples >= 0 && samples >= ring.endSamples) return;
    else await delay(LOOK_MS);
    samples += count;
  }
}

async function* toBytes(chunks: AsyncIterable<Float32Array>): AsyncGenerator<Uint8Array, undefined> {
  for await (const { buffer, byteOffset, byteLength } of chunks) yield new Uint8Array(buffer, byteOffset, byteLength);
}

import { setTimeout as delay } from "node:timers/promises";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { PcmRing } from "../../../src-shared/pcm-ring.ts";
import type { ByteSource, OpenSource } from "./byte-source.ts";

const LOOK_MS = 4;
const MOST_SAMPLES = 2_400;

/** What an engine writes to a ring of its own as f32le bytes, so that it takes the same road as everything else; until `endAt` was said and reached. */
export class RingSource implements ByteSource {
  readonly name: string;
  readonly #ring: PcmRing;

  /** `name`: of the engine. */
  constructor(name: string, ring: PcmRing) {
    this.name = name;
    this.#ring = ring;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    return succeeded({ chunks: this.#chunks(signal), declaredEncoding: "f32le" });
  }

  async *#chunks(signal: AbortSignal): AsyncGenerator<Uint8Array, undefined> {
    const piece = new Float32Array(MOST_SAMPLES);
    for (let samples = 0; !signal.aborted;) {
      const count = this.#ring.read(piece, MOST_SAMPLES);
      if (count > 0) yield new Uint8Array(piece.slice(0, count).buffer);
      else if (this.#ring.endSamples >= 0 && samples >= this.#ring.endSamples) return;
      else await delay(LOOK_MS);
      samples += count;
    }
  }
}

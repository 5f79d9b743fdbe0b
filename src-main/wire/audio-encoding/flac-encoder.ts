import libFactory, { type Flac } from "libflacjs";
import { toInt16 } from "../../files/wav-header.ts";
import type { AudioEncoder } from "./audio-encoder.ts";

const BITS = 16;
const COMPRESSION = 3;
/** Samples in a frame: 43 ms at 24 kHz, so that a stream is heard soon. */
const FRAME_SAMPLES = 1_024;

let library: Promise<Flac> | undefined;

/** FLAC of 16 bits a sample by libFLAC, without a declared length. */
export async function createFlacEncoder(sampleRateHz: number): Promise<AudioEncoder> {
  library ??= loadLibrary();
  return new FlacEncoder(await library, sampleRateHz);
}

/** The build of plain JavaScript: that of WebAssembly fetches itself by HTTP, which a file is not to be had by. */
async function loadLibrary(): Promise<Flac> {
  const flac = libFactory("release");
  if (!flac.isReady()) await new Promise((resolve) => flac.on("ready", resolve));
  return flac;
}

class FlacEncoder implements AudioEncoder {
  readonly #flac: Flac;
  readonly #encoder: number;
  #ready: Uint8Array[] = [];
  #isOver = false;

  constructor(flac: Flac, sampleRateHz: number) {
    this.#flac = flac;
    this.#encoder = flac.create_libflac_encoder(sampleRateHz, 1, BITS, COMPRESSION, 0, false, FRAME_SAMPLES);
    const take = (bytes: Uint8Array): void => void this.#ready.push(bytes.slice());
    const status = this.#encoder === 0 ? -1 : flac.init_encoder_stream(this.#encoder, take);
    if (status !== 0) throw new Error(`libFLAC cannot encode (${status})`);
  }

  push(pcm: Float32Array): Uint8Array {
    if (this.#isOver || pcm.length === 0) return new Uint8Array(0);
    const samples = Int32Array.from(pcm, (sample) => toInt16(sample) || 0);
    this.#flac.FLAC__stream_encoder_process_interleaved(this.#encoder, samples, samples.length);
    return this.#take();
  }

  finish(): Uint8Array {
    if (!this.#isOver) this.#flac.FLAC__stream_encoder_finish(this.#encoder);
    this.close();
    return this.#take();
  }

  close(): void {
    if (!this.#isOver) this.#flac.FLAC__stream_encoder_delete(this.#encoder);
    this.#isOver = true;
  }

  #take(): Uint8Array {
    const bytes = Buffer.concat(this.#ready);
    this.#ready = [];
    return bytes;
  }
}

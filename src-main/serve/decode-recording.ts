import { setImmediate } from "node:timers/promises";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { createStreamDecoder } from "../play/decode/create-stream-decoder.ts";
import { sniffEncoding } from "../play/decode/sniff-encoding.ts";
import type { DecodedPiece } from "../play/decode/stream-decoder.ts";
import { concatenate, StreamingResampler } from "../streaming-resampler.ts";

/** Bytes that are decoded in one go: a few ms at most, so that other sessions are not held up. */
const PIECE_BYTES = 16 * 1024;
/** Of encodings that do not carry it themselves; those are never told from bytes. */
const NO_FORMAT = { sampleRateHz: 24_000, channels: 1 } as const;

/**
 * Decodes a recording of any format that can be told by its content, to mono samples in [-1, 1] at a rate, a little at a time. What is damaged
 * is left out. Codes: input-empty without any sound, input-unreadable for another format or more than `mostSeconds` of sound.
 */
export async function decodeRecording(
  bytes: Uint8Array,
  sampleRateHz: number,
  mostSeconds: number,
): Promise<Outcome<Float32Array>> {
  if (bytes.length === 0) return failed("input-empty", "wire", "there are no bytes");
  const encoding = sniffEncoding(bytes);
  if (encoding === undefined || encoding === "more")
    return failed("input-unreadable", "wire", "this is not audio of a format that can be read");
  const created = await createStreamDecoder(encoding, NO_FORMAT);
  if (!created.ok) return created;
  const decoder = created.value;
  const recording = new Recording(sampleRateHz);
  try {
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      await recording.add(await decoder.push(bytes.subarray(start, start + PIECE_BYTES)));
      if (recording.seconds > mostSeconds)
        return failed("input-unreadable", "wire", `the recording is longer than ${mostSeconds} s`);
      await setImmediate();
    }
    await recording.add(await decoder.finish());
    const pcm = recording.end();
    return pcm.length === 0 ? failed("input-empty", "wire", "it holds no audio") : succeeded(pcm);
  } finally {
    recording.end();
    await decoder.close();
  }
}

/** Collects samples at one rate, whatever the rate they come at. */
class Recording {
  readonly #toHz: number;
  readonly #pieces: Float32Array[] = [];
  #resampler: StreamingResampler | undefined;
  #fromHz = 0;
  #samples = 0;

  constructor(toHz: number) {
    this.#toHz = toHz;
  }

  get seconds(): number {
    return this.#samples / this.#toHz;
  }

  async add(pieces: readonly DecodedPiece[]): Promise<void> {
    for (const { pcm, sampleRateHz } of pieces) {
      if (!this.#resampler || sampleRateHz !== this.#fromHz) {
        this.#flush();
        this.#resampler = await StreamingResampler.create(sampleRateHz, this.#toHz);
        this.#fromHz = sampleRateHz;
      }
      this.#keep(this.#resampler.process(pcm));
    }
  }

  /** All of it; nothing when asked again. */
  end(): Float32Array {
    this.#flush();
    return concatenate(this.#pieces.splice(0));
  }

  #flush(): void {
    if (this.#resampler) this.#keep(this.#resampler.finish());
    this.#resampler = undefined;
  }

  #keep(pcm: Float32Array): void {
    this.#samples += pcm.length;
    if (pcm.length > 0) this.#pieces.push(pcm);
  }
}

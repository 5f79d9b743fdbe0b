/** Samples in [-1, 1] as s16le: clipped, times 32767, truncated. */
export function encodePcm16(pcm: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(pcm.length * 2));
  for (let index = 0; index < pcm.length; index++) {
    bytes.setInt16(index * 2, Math.trunc(Math.max(-1, Math.min(1, pcm[index] as number)) * 32_767), true);
  }
  return new Uint8Array(bytes.buffer);
}

/** Reads a stream of s16le that may be cut anywhere, also inside a sample. */
export class Pcm16Reader {
  #half: number | undefined;

  /** Whether half a sample waits for its other half. */
  get isInsideSample(): boolean {
    return this.#half !== undefined;
  }

  /** The samples that are complete, in [-1, 1). */
  read(bytes: Uint8Array): Float32Array {
    const length = bytes.length + (this.#half === undefined ? 0 : 1);
    const pcm = new Float32Array(length >> 1);
    let at = 0;
    for (let index = 0; index < pcm.length; index++) {
      const low = index === 0 && this.#half !== undefined ? this.#half : (bytes[at++] as number);
      const high = bytes[at++] as number;
      pcm[index] = (((high << 24) >> 16) | low) / 32_768;
    }
    this.#half = length % 2 === 0 ? undefined : (bytes.at(-1) ?? this.#half);
    return pcm;
  }
}

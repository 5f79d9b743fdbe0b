const HEADER_BYTES = 6;

/** Follows the frames of an AAC stream (ADTS) without holding them: counts what is between them and knows whether the stream ends inside one. */
export class AdtsFrames {
  /** Stretches of bytes that belong to no frame. */
  skippedStretches = 0;
  #isSkipping = false;
  #header: number[] = [];
  #frameRest = 0;

  /** True in the middle of a frame. */
  get isInside(): boolean {
    return this.#frameRest > 0 || (this.#header.length > 0 && !this.#isSkipping);
  }

  /** Takes the next bytes. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(this.#frameRest, bytes.length - at);
      this.#frameRest -= count;
      at += count;
      if (count === 0) this.#readHeader(bytes[at++]!);
    }
  }

  #readHeader(value: number): void {
    this.#header.push(value);
    if (this.#header.length < HEADER_BYTES) return;
    const [first, second, , fourth, fifth, sixth] = this.#header as [number, number, number, number, number, number];
    const frameBytes = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
    const isFrame = first === 0xff && (second & 0xf6) === 0xf0 && frameBytes > HEADER_BYTES;
    if (isFrame) {
      this.#header = [];
      this.#frameRest = frameBytes - HEADER_BYTES;
      this.#isSkipping = false;
    } else {
      this.#header.shift();
      if (!this.#isSkipping) this.skippedStretches++;
      this.#isSkipping = true;
    }
  }
}

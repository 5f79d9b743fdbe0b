/** Follows the outermost boxes of an MP4 stream (ISO 14496-12) without holding them. */
export class Mp4Boxes {
  /** Which comes first, the index (`moov`) or the audio (`mdat`): only with the index in front can the stream be played while it arrives. */
  first: "moov" | "mdat" | undefined;
  #header: number[] = [];
  #boxRest = 0;

  /** True in the middle of a box. A box without a length goes to the end of the stream. */
  get isInside(): boolean {
    return this.#header.length > 0 || (this.#boxRest > 0 && this.#boxRest < Infinity);
  }

  /** Takes the next bytes. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(this.#boxRest, bytes.length - at);
      this.#boxRest -= count;
      at += count;
      if (count === 0) this.#readHeader(bytes[at++]!);
    }
  }

  #readHeader(value: number): void {
    this.#header.push(value);
    const size = this.#number(0, 4);
    if (this.#header.length < (size === 1 ? 16 : 8)) return;
    const type = String.fromCharCode(...this.#header.slice(4, 8));
    if (type === "moov" || type === "mdat") this.first ??= type;
    const boxBytes = size === 1 ? this.#number(8, 16) : size;
    this.#boxRest = size === 0 ? Infinity : Math.max(0, boxBytes - this.#header.length);
    this.#header = [];
  }

  #number(start: number, end: number): number {
    return this.#header.slice(start, end).reduce((value, digit) => value * 256 + digit, 0);
  }
}

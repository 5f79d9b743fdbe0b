import { tagBytes } from "./tag-bytes.ts";

const HEADER_BYTES = 6;

/**
 * Follows the frames of an AAC stream (ADTS) and the tags around them without holding them: counts what is between them and knows whether the
 * stream ends inside one.
 */
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
    const header = this.#header;
    header.push(value);
    const tag = tagBytes(Uint8Array.from(header), 0);
    if (tag === "more" || header.length < HEADER_BYTES) return;
    const unitBytes = tag || frameBytes(header);
    if (unitBytes >= header.length) {
      this.#header = [];
      this.#frameRest = unitBytes - header.length;
      this.#isSkipping = false;
    } else {
      header.shift();
      if (!this.#isSkipping) this.skippedStretches++;
      this.#isSkipping = true;
    }
  }
}

/** Length of the frame with this header; 0 where it is none. */
function frameBytes([first = 0, second = 0, , fourth = 0, fifth = 0, sixth = 0]: readonly number[]): number {
  const length = ((fourth & 3) << 11) | (fifth << 3) | (sixth >> 5);
  return first === 0xff && (second & 0xf6) === 0xf0 && length > HEADER_BYTES ? length : 0;
}

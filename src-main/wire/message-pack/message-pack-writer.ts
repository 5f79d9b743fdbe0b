const TEXT_ENCODER = new TextEncoder();

/** Writes MessagePack value by value: integers and lengths in their shortest form, floats in the width that is asked for. */
export class MessagePackWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `capacityBytes`: how much is expected; more is made room for. */
  constructor(capacityBytes = 128) {
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Begins a map of a message: its key `type` with this type, and `fields` keys with values that are to follow. */
  writeTag(type: string, fields: number): this {
    this.#writeHead(fields + 1, 0x80, 16, undefined, 0xde);
    return this.writeText("type").writeText(type);
  }

  /** A text; half of a surrogate pair becomes U+FFFD. */
  writeText(text: string): this {
    const bytes = TEXT_ENCODER.encode(text);
    this.#writeHead(bytes.length, 0xa0, 32, 0xd9, 0xda);
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A whole number from -2^63 to 2^64 - 1. */
  writeInteger(value: number | bigint): this {
    if (value >= -0x20 && value < 0x80) {
      const at = this.#grow(1);
      this.#bytes[at] = Number(value);
    } else if (value >= 0) {
      const size = value <= 0xff ? 0 : value <= 0xffff ? 1 : value <= 0xffff_ffff ? 2 : 3;
      this.#put(0xcc + size, 1 << size, value);
    } else {
      const size = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x8000_0000 ? 2 : 3;
      this.#put(0xd0 + size, 1 << size, value);
    }
    return this;
  }

  /** A number in 64 bits. */
  writeFloat64(value: number): this {
    const at = this.#grow(9);
    this.#bytes[at] = 0xcb;
    this.#view.setFloat64(at + 1, value);
    return this;
  }

  /** An array of numbers in 32 bits each. */
  writeFloats(values: Float32Array): this {
    this.#writeHead(values.length, 0x90, 16, undefined, 0xdc);
    let at = this.#grow(5 * values.length);
    for (let index = 0; index < values.length; index++, at += 5) {
      this.#view.setUint8(at, 0xca);
      this.#view.setFloat32(at + 1, values[index]!);
    }
    return this;
  }

  /** An array, not a binary, of integers. */
  writeIntegers(values: Uint8Array | readonly number[]): this {
    this.#writeHead(values.length, 0x90, 16, undefined, 0xdc);
    for (let index = 0; index < values.length; index++) this.writeInteger(values[index]!);
    return this;
  }

  /** What was written; the writer is not to be used again. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A length: within the first byte if less than `few`, else in 8 bits where there is a form for it, in 16, or in 32 with the next first byte. */
  #writeHead(length: number, first: number, few: number, first8: number | undefined, first16: number): void {
    if (length < few) {
      const at = this.#grow(1);
      this.#bytes[at] = first | length;
    } else if (first8 !== undefined && length <= 0xff) this.#put(first8, 1, length);
    else if (length <= 0xffff) this.#put(first16, 2, length);
    else this.#put(first16 + 1, 4, length);
  }

  /** Writes a first byte, and an integer of 1, 2, 4 or 8 bytes behind it. */
  #put(first: number, bytes: number, value: number | bigint): void {
    const at = this.#grow(1 + bytes);
    this.#bytes[at] = first;
    if (bytes === 1) this.#view.setInt8(at + 1, Number(value));
    else if (bytes === 2) this.#view.setInt16(at + 1, Number(value));
    else if (bytes === 4) this.#view.setInt32(at + 1, Number(value));
    else this.#view.setBigInt64(at + 1, BigInt(value));
  }

  /** Makes room at the end, and tells where it begins. */
  #grow(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

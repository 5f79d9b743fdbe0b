type Family = "integer" | "float" | "text" | "binary" | "array" | "map" | "other" | "invalid";

/** Arrays and maps inside of each other, at most. */
const DEEPEST_NESTING = 32;
const FLOAT32 = 0xca;
const TEXT_DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a first byte begins. `lengthBytes`: how long the length behind it is; `length`: what comes on top of that length, or stands for it. */
interface Head {
  readonly family: Family;
  readonly lengthBytes: number;
  readonly length: number;
}

const HEADS: readonly Head[] = Array.from({ length: 256 }, (_, first) => headOf(first));

/** Bytes of a value that is told by its first byte alone; 0 where it is not. */
const WHOLE_BYTES = Uint8Array.from(HEADS, ({ family, lengthBytes, length }) =>
  lengthBytes > 0 || family === "array" || family === "map" || family === "invalid" ? 0 : 1 + length,
);

function headOf(first: number): Head {
  if (first <= 0x7f || first >= 0xe0) return { family: "integer", lengthBytes: 0, length: 0 };
  if (first <= 0x8f) return { family: "map", lengthBytes: 0, length: first & 0x0f };
  if (first <= 0x9f) return { family: "array", lengthBytes: 0, length: first & 0x0f };
  if (first <= 0xbf) return { family: "text", lengthBytes: 0, length: first & 0x1f };
  if (first === 0xc1) return { family: "invalid", lengthBytes: 0, length: 0 };
  if (first <= 0xc3) return { family: "other", lengthBytes: 0, length: 0 };
  if (first <= 0xc6) return { family: "binary", lengthBytes: 1 << (first - 0xc4), length: 0 };
  if (first <= 0xc9) return { family: "other", lengthBytes: 1 << (first - 0xc7), length: 1 };
  if (first <= 0xcb) return { family: "float", lengthBytes: 0, length: 4 << (first - 0xca) };
  if (first <= 0xcf) return { family: "integer", lengthBytes: 0, length: 1 << (first - 0xcc) };
  if (first <= 0xd3) return { family: "integer", lengthBytes: 0, length: 1 << (first - 0xd0) };
  if (first <= 0xd8) return { family: "other", lengthBytes: 0, length: (1 << (first - 0xd4)) + 1 };
  if (first <= 0xdb) return { family: "text", lengthBytes: 1 << (first - 0xd9), length: 0 };
  return { family: first <= 0xdd ? "array" : "map", lengthBytes: first % 2 === 0 ? 2 : 4, length: 0 };
}

/**
 * Reads MessagePack value by value, and never throws: a read gives undefined, and stays where it is, when another type follows or bytes are
 * missing. Allocates nothing that is not backed by bytes of the message. What follows the values that are read is never looked at.
 */
export class MessagePackReader {
  /** Where the next value begins. May be set to a position it had before. */
  position = 0;
  /** Of the head opened last: its first byte, and the bytes or items that follow it. */
  #first = 0;
  #length = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Steps into a map: this many keys follow, each with its value. */
  readMapLength(): number | undefined {
    return this.#open("map") ? this.#length : undefined;
  }

  /** Steps into an array: this many values follow. */
  readArrayLength(): number | undefined {
    return this.#open("array") ? this.#length : undefined;
  }

  /** A text, or a binary that holds one, in valid UTF-8. */
  readText(): string | undefined {
    const start = this.position;
    if (!this.#open("text", "binary")) return undefined;
    try {
      const text = TEXT_DECODER.decode(this.#bytes.subarray(this.position, this.position + this.#length));
      this.position += this.#length;
      return text;
    } catch {
      this.position = start;
      return undefined;
    }
  }

  /** Steps over the next value if it is this text, or a binary that holds it. `text` is ASCII. */
  skipText(text: string): boolean {
    const start = this.position;
    if (!this.#open("text", "binary")) return false;
    let isSame = this.#length === text.length;
    for (let at = 0; isSame && at < text.length; at++) {
      isSame = this.#bytes[this.position + at] === text.charCodeAt(at);
    }
    this.position = isSame ? this.position + text.length : start;
    return isSame;
  }

  /** A number of any type. */
  readNumber(): number | undefined {
    return this.#open("integer", "float") ? Number(this.#takeNumber()) : undefined;
  }

  /** A number of seconds, in ms; finite. */
  readSecondsAsMs(): number | undefined {
    const start = this.position;
    const ms = (this.readNumber() ?? Number.NaN) * 1_000;
    if (Number.isFinite(ms)) return ms;
    this.position = start;
    return undefined;
  }

  /** An integer that fits into 64 bits with a sign. */
  readInt64(): bigint | undefined {
    const start = this.position;
    if (!this.#open("integer")) return undefined;
    const value = BigInt(this.#takeNumber());
    if (value === BigInt.asIntN(64, value)) return value;
    this.position = start;
    return undefined;
  }

  /** An integer from 0 to `largest`. */
  readCount(largest = Number.MAX_SAFE_INTEGER): number | undefined {
    const start = this.position;
    if (!this.#open("integer")) return undefined;
    const value = Number(this.#takeNumber());
    if (value >= 0 && value <= largest) return value;
    this.position = start;
    return undefined;
  }

  /** An array of numbers of any types. */
  readFloats(): Float32Array | undefined {
    const start = this.position;
    const length = this.readArrayLength();
    if (length === undefined) return undefined;
    const floats = new Float32Array(length);
    const [bytes, view] = [this.#bytes, this.#view];
    for (let index = 0, at = this.position; index < length; index++, at = this.position) {
      // Samples in single precision are nearly all there is.
      for (; index < length && bytes[at] === FLOAT32 && at + 5 <= bytes.length; index++, at += 5) {
        floats[index] = view.getFloat32(at + 1);
      }
      this.position = at;
      if (index === length) break;
      const value = this.readNumber();
      if (value === undefined) {
        this.position = start;
        return undefined;
      }
      floats[index] = value;
    }
    return floats;
  }

  /** A binary, as a view into the message, or an array of integers from 0 to 255. */
  readBytes(): Uint8Array | undefined {
    const start = this.position;
    if (this.#open("binary")) {
      const end = this.position + this.#length;
      const binary = this.#bytes.subarray(this.position, end);
      this.position = end;
      return binary;
    }
    const length = this.readArrayLength();
    if (length === undefined) return undefined;
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) {
      const first = this.#bytes[this.position]!;
      if (first <= 0x7f) {
        bytes[index] = first;
        this.position++;
        continue;
      }
      const value = this.readCount(255);
      if (value === undefined) {
        this.position = start;
        return undefined;
      }
      bytes[index] = value;
    }
    return bytes;
  }

  /** Steps over the next value, whatever it is. False where it is cut off, invalid, or nested too deep. */
  skip(deepest = DEEPEST_NESTING): boolean {
    const { family } = HEADS[this.#bytes[this.position] ?? 0xc1]!;
    if (!this.#open(family)) return false;
    if (family !== "array" && family !== "map") {
      this.position += this.#length;
      return true;
    }
    if (deepest === 0) return false;
    let at = this.position;
    for (let left = family === "map" ? 2 * this.#length : this.#length; left > 0; left--) {
      const wholeBytes = WHOLE_BYTES[this.#bytes[at] ?? 0xc1]!;
      at += wholeBytes;
      if (wholeBytes > 0) continue;
      this.position = at;
      if (!this.skip(deepest - 1)) return false;
      at = this.position;
    }
    this.position = at;
    return this.position <= this.#bytes.length;
  }

  /** Steps over the head of the next value, if it is of one of these families and could be complete: an item takes a byte at least. */
  #open(family: Family, other = family): boolean {
    const first = this.#bytes[this.position] ?? 0xc1;
    const head = HEADS[first]!;
    if ((head.family !== family && head.family !== other) || head.family === "invalid") return false;
    const body = this.position + 1 + head.lengthBytes;
    if (body > this.#bytes.length) return false;
    const length = head.length + this.#unsigned(this.position + 1, head.lengthBytes);
    if ((head.family === "map" ? 2 * length : length) > this.#bytes.length - body) return false;
    this.#first = first;
    this.#length = length;
    this.position = body;
    return true;
  }

  #unsigned(at: number, bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) value = value * 256 + this.#bytes[at + index]!;
    return value;
  }

  /** The number whose head was opened. */
  #takeNumber(): number | bigint {
    const at = this.position;
    this.position += this.#length;
    switch (this.#first) {
      case FLOAT32:
        return this.#view.getFloat32(at);
      case 0xcb:
        return this.#view.getFloat64(at);
      case 0xcc:
        return this.#view.getUint8(at);
      case 0xcd:
        return this.#view.getUint16(at);
      case 0xce:
        return this.#view.getUint32(at);
      case 0xcf:
        return this.#view.getBigUint64(at);
      case 0xd0:
        return this.#view.getInt8(at);
      case 0xd1:
        return this.#view.getInt16(at);
      case 0xd2:
        return this.#view.getInt32(at);
      case 0xd3:
        return this.#view.getBigInt64(at);
      default:
        return this.#first <= 0x7f ? this.#first : this.#first - 256;
    }
  }
}

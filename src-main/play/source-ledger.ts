const FIRST_BYTE_AT = 0;
const LAST_BYTE_AT = 1;
const CHUNKS = 2;
const BYTES = 3;
const DECODE_ERRORS = 4;
const CHUNKS_AFTER_END = 5;
const FIELDS = 6;

/** What a source of audio counted. Times on the session clock. */
export interface SourceTally {
  readonly firstByteAtMs: number | undefined;
  readonly lastByteAtMs: number | undefined;
  readonly chunksReceived: number;
  readonly bytesReceived: number;
  readonly decodeErrors: number;
  readonly chunksAfterEnd: number;
}

/** What a source counts of one reply, in shared memory: the source's thread writes, the player's thread reads when the reply is over. */
export class SourceLedger {
  readonly #fields: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#fields = new Float64Array(buffer);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(FIELDS * Float64Array.BYTES_PER_ELEMENT);
  }

  /** A chunk of the stream has arrived. */
  received(bytes: number, atMs: number): void {
    if (this.#at(CHUNKS) === 0) this.#fields[FIRST_BYTE_AT] = atMs;
    this.#fields[LAST_BYTE_AT] = atMs;
    this.#add(CHUNKS, 1);
    this.#add(BYTES, bytes);
  }

  /** Stretches that could not be decoded, in all. */
  set decodeErrors(count: number) {
    this.#fields[DECODE_ERRORS] = count;
  }

  /** Pieces that came after the end, in all. */
  set chunksAfterEnd(count: number) {
    this.#fields[CHUNKS_AFTER_END] = count;
  }

  read(): SourceTally {
    const hasReceived = this.#at(CHUNKS) > 0;
    return {
      firstByteAtMs: hasReceived ? this.#at(FIRST_BYTE_AT) : undefined,
      lastByteAtMs: hasReceived ? this.#at(LAST_BYTE_AT) : undefined,
      chunksReceived: this.#at(CHUNKS),
      bytesReceived: this.#at(BYTES),
      decodeErrors: this.#at(DECODE_ERRORS),
      chunksAfterEnd: this.#at(CHUNKS_AFTER_END),
    };
  }

  #at(field: number): number {
    return this.#fields[field] as number;
  }

  #add(field: number, amount: number): void {
    this.#fields[field] = this.#at(field) + amount;
  }
}

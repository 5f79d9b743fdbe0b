/** Bytes that wait until there are enough of them: appended at the end, taken from the front, in one buffer that grows to what it must hold. */
export class ByteQueue {
  #buffer: Uint8Array = new Uint8Array(256);
  #start = 0;
  #end = 0;

  /** Bytes in the queue. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends a copy of the bytes. */
  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** A view of what is in the queue, valid until the next `append`. */
  view(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Drops bytes from the front, at most all. */
  drop(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  #makeRoom(count: number): void {
    const needed = this.length + count;
    const isRoomy = needed <= this.#buffer.length / 2 || this.#start > this.#buffer.length / 2;
    const target = isRoomy && needed <= this.#buffer.length ? this.#buffer : new Uint8Array(needed * 2);
    target.set(this.view());
    this.#buffer = target;
    this.#end = this.length;
    this.#start = 0;
  }
}

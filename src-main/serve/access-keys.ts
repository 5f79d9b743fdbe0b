import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * The keys that let a client in. Compared as hashes, each with each, so that the time tells neither how much of a key was right, nor its
 * length, nor which key it was. The keys themselves are not kept.
 */
export class AccessKeys {
  readonly #secret = randomBytes(32);
  readonly #hashes: readonly Buffer[] | undefined;

  /** Without keys everyone is let in; with none in the list, nobody. */
  constructor(keys?: Iterable<string>) {
    this.#hashes = keys === undefined ? undefined : Array.from(new Set(keys), (key) => this.#hash(key));
  }

  /** Whether keys are asked for at all. */
  get areSet(): boolean {
    return this.#hashes !== undefined;
  }

  /** Whether this is one of the keys, to the letter. */
  admits(candidate: string | undefined): boolean {
    if (!this.#hashes) return true;
    const hash = this.#hash(candidate ?? "");
    let isOne = false;
    for (const known of this.#hashes) isOne = timingSafeEqual(known, hash) || isOne;
    return isOne && candidate !== undefined;
  }

  #hash(key: string): Buffer {
    return createHmac("sha256", this.#secret).update(key, "utf8").digest();
  }
}

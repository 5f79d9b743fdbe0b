/** How a session stands, for markers. Times in ms of the client's audio. */
export interface HeardSoFar {
  readonly heardMs: number;
  readonly isSpeech: boolean;
  /** Start of the last word that was told; negative before the first one. */
  readonly lastWordStartMs: number;
}

/** Speech that goes on this long behind a marker has had its words told, or they will not come. */
const LONGEST_WAIT_MS = 10_000;
/** A client that sends nothing for so long behind a marker, in real time, waits for it. */
const IDLE_MS = 250;

/**
 * Markers wait until every word before them was told. In a pause that is at once: the listener is asked for the rest. In the middle of
 * speech it is when a later word was told, when the speech pauses, or when no more audio comes.
 */
export class MarkerQueue {
  readonly #flush: () => Promise<void>;
  readonly #onMarker: (id: bigint) => void;
  readonly #waiting: { readonly id: bigint; readonly atMs: number }[] = [];
  #idle: NodeJS.Timeout | undefined;
  #isFlushing = false;
  #isClosed = false;

  /** `flush`: has every word told in what was received so far. */
  constructor(flush: () => Promise<void>, onMarker: (id: bigint) => void) {
    this.#flush = flush;
    this.#onMarker = onMarker;
  }

  /** A marker behind so much audio. */
  push(id: bigint, atMs: number, heard: HeardSoFar): void {
    this.#waiting.push({ id, atMs });
    this.noteAudio();
    this.look(heard);
  }

  /** More audio came. */
  noteAudio(): void {
    clearTimeout(this.#idle);
    if (this.#waiting.length > 0) this.#idle = setTimeout(() => void this.#release(Number.POSITIVE_INFINITY), IDLE_MS);
  }

  /** More was heard or told. */
  look({ heardMs, isSpeech, lastWordStartMs }: HeardSoFar): void {
    for (let first = this.#waiting[0]; first && first.atMs <= heardMs; first = this.#waiting[0]) {
      const isPassed = lastWordStartMs >= first.atMs || heardMs > first.atMs + LONGEST_WAIT_MS;
      if (!isPassed) {
        if (!isSpeech) void this.#release(heardMs);
        return;
      }
      this.#tellFirst();
    }
  }

  /** Nothing more is told. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    clearTimeout(this.#idle);
  }

  async #release(upToMs: number): Promise<void> {
    if (this.#isFlushing || this.#isClosed) return;
    this.#isFlushing = true;
    const count = this.#waiting.findLastIndex(({ atMs }) => atMs <= upToMs) + 1;
    await this.#flush();
    this.#isFlushing = false;
    for (let told = 0; told < count && this.#waiting.length > 0; told++) this.#tellFirst();
    if (this.#waiting.length > 0) this.noteAudio();
  }

  #tellFirst(): void {
    const first = this.#waiting.shift();
    if (first && !this.#isClosed) this.#onMarker(first.id);
  }
}

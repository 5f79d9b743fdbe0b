/** How a session stands, for markers. Times in ms of the client's audio. */
export interface HeardSoFar {
  readonly heardMs: number;
  readonly isSpeech: boolean;
  /** Start of the last word that was told; negative before the first one. */
  readonly lastWordStartMs: number;
}

/** Speech that goes on this long behind a marker is ended for it. */
const LONGEST_WAIT_MS = 10_000;
/** A client that sends nothing for so long behind a marker, in real time, waits for it. */
const IDLE_MS = 250;
/** With more than this waiting, all are told at once. */
const MOST_WAITING = 1_000;

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
    if (this.#waiting.length > MOST_WAITING) this.#tell(Number.POSITIVE_INFINITY);
    this.noteAudio();
    this.look(heard);
  }

  /** More audio came. */
  noteAudio(): void {
    clearTimeout(this.#idle);
    if (this.#waiting.length > 0) this.#idle = setTimeout(() => void this.#release(Number.POSITIVE_INFINITY), IDLE_MS);
  }

  /** More was heard or told. Hearing may be far ahead of the words. */
  look({ heardMs, isSpeech, lastWordStartMs }: HeardSoFar): void {
    this.#tell(Math.min(heardMs, lastWordStartMs));
    const [first] = this.#waiting;
    if (!first || first.atMs > heardMs) return;
    if (!isSpeech || heardMs > first.atMs + LONGEST_WAIT_MS) void this.#release(heardMs);
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
    // Markers that come meanwhile are behind audio that is not flushed.
    const untilMs = Math.min(upToMs, this.#waiting.at(-1)?.atMs ?? upToMs);
    await this.#flush();
    this.#isFlushing = false;
    this.#tell(untilMs);
    if (this.#waiting.length > 0) this.noteAudio();
  }

  /** Tells the markers up to there. */
  #tell(untilMs: number): void {
    for (let [first] = this.#waiting; first && first.atMs <= untilMs; [first] = this.#waiting) {
      this.#waiting.shift();
      if (!this.#isClosed) this.#onMarker(first.id);
    }
  }
}

/** A line of a log that waits to be written to the file at `path`. */
export interface PendingLine {
  readonly path: string;
  readonly atMs: number;
  /** Ends with a newline. */
  readonly text: string;
  /** When the line stands for events that were dropped: how many. */
  readonly dropped?: number;
}

/** Makes the line that stands for `dropped` events, of which `last` was the last. */
export type GapWriter = (dropped: number, last: PendingLine) => PendingLine;

/** Space is freed once so many lines at the front are used up. */
const FREED_AT_LINES = 4096;

/**
 * Lines waiting to be written, in order, with a bound on their total length. When it is exceeded the oldest lines give way to a single one that
 * says how many there were; only the first line can be of this kind. Every operation takes constant time on average, except `settle` after a failure.
 */
export class PendingLines {
  readonly #mostCharacters: number;
  readonly #gapOf: GapWriter;
  #lines: PendingLine[] = [];
  #first = 0;
  #characters = 0;
  #taken: readonly PendingLine[] = [];

  constructor(mostCharacters: number, gapOf: GapWriter) {
    this.#mostCharacters = mostCharacters;
    this.#gapOf = gapOf;
  }

  /** Whether there is nothing to take. */
  get isEmpty(): boolean {
    return this.#first === this.#lines.length;
  }

  /** Events that have not been written: those that wait, those taken and those dropped. */
  get events(): number {
    return eventsIn(this.#taken) + eventsIn(this.#lines.slice(this.#first));
  }

  /** Appends a line. */
  add(line: PendingLine): void {
    this.#lines.push(line);
    this.#characters += line.text.length;
    this.#trim();
  }

  /** The first lines, all for one file and together not much longer than a number of characters; at least one. `settle` comes next. */
  take(mostCharacters: number): readonly PendingLine[] {
    const path = this.#lines[this.#first]?.path;
    let end = this.#first;
    let characters = 0;
    while (characters < mostCharacters && this.#lines[end]?.path === path && end < this.#lines.length) {
      characters += this.#lines[end]?.text.length ?? 0;
      end += 1;
    }
    this.#taken = this.#lines.slice(this.#first, end);
    this.#first = end;
    this.#characters -= characters;
    this.#free();
    return this.#taken;
  }

  /** So many of the lines that were taken have been written. The others wait again, as the oldest, and are the first to be dropped. */
  settle(written: number): void {
    const unwritten = this.#taken.slice(written);
    this.#taken = [];
    if (unwritten.length === 0) return;
    const [first, ...rest] = this.#lines.slice(this.#first);
    // Lines that came after these have been dropped already, and so these are.
    this.#lines = first?.dropped
      ? [this.#gapOf(first.dropped + eventsIn(unwritten), first), ...rest]
      : [...unwritten, ...this.#lines.slice(this.#first)];
    this.#first = 0;
    this.#characters = this.#lines.reduce((sum, { text }) => sum + text.length, 0);
    this.#trim();
  }

  #trim(): void {
    while (this.#characters > this.#mostCharacters && this.#lines.length - this.#first > 1) this.#dropOldest();
    this.#free();
  }

  #dropOldest(): void {
    const oldest = this.#lines[this.#first] as PendingLine;
    if (oldest.dropped !== undefined) {
      this.#characters -= oldest.text.length;
      this.#first += 1;
    }
    const victim = this.#lines[this.#first] as PendingLine;
    const gap = this.#gapOf((oldest.dropped ?? 0) + 1, victim);
    this.#lines[this.#first] = gap;
    this.#characters += gap.text.length - victim.text.length;
  }

  #free(): void {
    if (this.#first < FREED_AT_LINES && this.#first < this.#lines.length) return;
    this.#lines.splice(0, this.#first);
    this.#first = 0;
  }
}

function eventsIn(lines: readonly PendingLine[]): number {
  return lines.reduce((sum, { dropped }) => sum + (dropped ?? 1), 0);
}

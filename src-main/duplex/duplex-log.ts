import type { Failure } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import type { SpeechPosition } from "./live-speech.ts";

/** A piece of text that may still be heard. */
interface AwaitedPiece extends SpeechPosition {
  readonly turnId: number;
  readonly text: string;
}

const SHOWN_ENTRIES = 200;
/** Whoever talks without a pause gets a new entry after this, so that it can be read. */
const LONG_ENTRY_CHARACTERS = 1_000;

/**
 * What another engine says, in entries as the window shows them. Their ids are negative, so that they are none of our own conversation's.
 * Of an entry that was cut off it keeps what was heard.
 */
export class DuplexLog {
  #entries: readonly TurnView[] = [];
  /** In the order in which they will be heard. */
  #awaited: AwaitedPiece[] = [];
  #lastId = 0;
  #isOpen = false;

  /** Oldest first, at most 200. */
  get entries(): readonly TurnView[] {
    return this.#entries;
  }

  /** A piece of text is said at `position`; undefined when it will not be heard. Returns an entry that is over because of it. */
  say(text: string, position: SpeechPosition | undefined, atMs: number): TurnView | undefined {
    const current = this.#current;
    const isCutOff = current?.interrupted === true && position !== undefined;
    const isLong = current !== undefined && current.reply.length > LONG_ENTRY_CHARACTERS && text.startsWith(" ");
    const ended = isCutOff || isLong ? this.end() : undefined;
    if (!this.#isOpen) this.#begin(atMs);
    const { turnId, reply } = this.#current!;
    this.#change(turnId, { reply: (reply + text).trimStart(), ...(!position && { interrupted: true }) });
    if (position) this.#awaited.push({ ...position, turnId, text });
    return ended;
  }

  /** Everything before this sample was heard. Whether that changed anything. */
  heard({ generation, sample }: SpeechPosition): boolean {
    const lost = this.#awaited.filter((piece) => piece.generation < generation);
    for (const { turnId } of lost) this.#change(turnId, { interrupted: true });
    this.#awaited = this.#awaited.slice(lost.length);
    let count = 0;
    for (let next = this.#awaited[0]; next && isBefore(next, { generation, sample }); next = this.#awaited[count]) {
      const { turnId, text } = next;
      const entry = this.#entries.find((view) => view.turnId === turnId);
      if (entry) this.#change(turnId, { heard: (entry.heard + text).trimStart() });
      count++;
    }
    this.#awaited = this.#awaited.slice(count);
    return lost.length + count > 0;
  }

  /** The player is done with this generation, of which everything before `sample` was heard. Whether that changed anything. */
  played({ generation, sample }: SpeechPosition): boolean {
    const wasHeard = this.heard({ generation, sample });
    return this.heard({ generation: generation + 1, sample: 0 }) || wasHeard;
  }

  /** Something is wrong with what is said now. */
  fail(failure: Failure, atMs: number): void {
    if (!this.#isOpen) this.#begin(atMs);
    this.#change(this.#current!.turnId, { failure });
  }

  /** What is heard now is cut off, even where all of its text was heard before. */
  interrupt(): void {
    const last = this.#entries.at(-1);
    if (last) this.#change(last.turnId, { interrupted: true });
  }

  /** The current entry is over; returned where there is one. */
  end(): TurnView | undefined {
    const ended = this.#current;
    this.#isOpen = false;
    return ended;
  }

  get #current(): TurnView | undefined {
    return this.#isOpen ? this.#entries.at(-1) : undefined;
  }

  #begin(atMs: number): void {
    this.#isOpen = true;
    const entry: TurnView = {
      turnId: --this.#lastId,
      origin: "spoken",
      transcript: "",
      transcriptIsFinal: true,
      reply: "",
      heard: "",
      interrupted: false,
      marks: { firstTokenAtMs: atMs },
    };
    this.#entries = [...this.#entries, entry].slice(-SHOWN_ENTRIES);
  }

  #change(turnId: number, change: Partial<TurnView>): void {
    this.#entries = this.#entries.map((entry) => (entry.turnId === turnId ? { ...entry, ...change } : entry));
  }
}

function isBefore(piece: SpeechPosition, { generation, sample }: SpeechPosition): boolean {
  return piece.generation === generation && piece.sample < sample;
}

import type { MarkName, TurnMarks } from "../../src-shared/latency-report.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import type { TurnOrigin } from "./facts.ts";
import type { ConversationEntry } from "./ports.ts";

const SHOWN_TURNS = 200;
const REMEMBERED_TURNS = 40;

/** What may change about a turn after it began. */
export type TurnChange = Partial<Omit<TurnView, "turnId" | "origin" | "marks">>;

/**
 * The conversation: every turn as the window shows it, its marks, and from it the memory that responders get. Memory keeps what was
 * heard, not what was generated.
 */
export class TurnLog {
  #turns: readonly TurnView[] = [];
  /** A turn of which it is not known yet whether it is meant for the assistant. */
  #hiddenTurnId: number | undefined;

  get turns(): readonly TurnView[] {
    const hidden = this.#hiddenTurnId;
    return hidden === undefined ? this.#turns : this.#turns.filter(({ turnId }) => turnId !== hidden);
  }

  isShown(turnId: number): boolean {
    return turnId !== this.#hiddenTurnId;
  }

  /** The turn is meant for the assistant after all. */
  show(turnId: number): void {
    if (turnId === this.#hiddenTurnId) this.#hiddenTurnId = undefined;
  }

  find(turnId: number | undefined): TurnView | undefined {
    return this.#turns.findLast((turn) => turn.turnId === turnId);
  }

  begin(turnId: number, origin: TurnOrigin, marks: TurnMarks, shown = true): void {
    this.#hiddenTurnId = shown ? undefined : turnId;
    const turn: TurnView = {
      turnId,
      origin,
      transcript: "",
      transcriptIsFinal: false,
      reply: "",
      heard: "",
      interrupted: false,
      marks,
    };
    this.#turns = [...this.#turns, turn].slice(-SHOWN_TURNS);
  }

  change(turnId: number, change: TurnChange): void {
    this.#replace(turnId, (turn) => ({ ...turn, ...change }));
  }

  /** Sets a mark that is not set yet; the first of its kind counts. */
  mark(turnId: number, name: MarkName, atMs: number): void {
    this.#replace(turnId, (turn) =>
      turn.marks[name] === undefined ? { ...turn, marks: { ...turn.marks, [name]: atMs } } : turn,
    );
  }

  /** Speech went on: only the beginning of the turn still holds. */
  revise(turnId: number): void {
    this.#replace(turnId, ({ player: _, failure: __, ...turn }) => {
      const { speechStartedAtMs } = turn.marks;
      return {
        ...turn,
        transcriptIsFinal: false,
        reply: "",
        heard: "",
        marks: speechStartedAtMs === undefined ? {} : { speechStartedAtMs },
      };
    });
  }

  remove(turnId: number): void {
    this.#turns = this.#turns.filter((turn) => turn.turnId !== turnId);
  }

  /** What was said before `turnId`, oldest first. */
  history(turnId: number): ConversationEntry[] {
    const entries: ConversationEntry[] = [];
    for (const turn of this.#turns.slice(-REMEMBERED_TURNS)) {
      if (turn.turnId >= turnId) break;
      if (turn.transcript !== "") entries.push({ speaker: "user", text: turn.transcript, interrupted: false });
      if (turn.heard !== "") entries.push({ speaker: "assistant", text: turn.heard, interrupted: turn.interrupted });
    }
    return entries;
  }

  #replace(turnId: number, change: (turn: TurnView) => TurnView): void {
    this.#turns = this.#turns.map((turn) => (turn.turnId === turnId ? change(turn) : turn));
  }
}

import type { SpeechRequest } from "../turn/ports.ts";
import type { SpokenPiece } from "./spoken-piece.ts";

/** Pieces are kept up to so many samples, 83 s: 8 MB. */
const MOST_SAMPLES = 2_000_000;

/** How a piece is spoken. */
type Manner = Pick<SpeechRequest, "voice" | "rateRatio">;

/** What was spoken lately: a request that is heard anew after a pause often has the same answer. */
export class SpokenLately {
  readonly #pieces = new Map<string, SpokenPiece>();
  #samples = 0;

  find(manner: Manner, text: string): SpokenPiece | undefined {
    return this.#pieces.get(keyOf(manner, text));
  }

  /** Keeps `piece` as the newest, unless it is silent. */
  keep(manner: Manner, text: string, piece: SpokenPiece): void {
    if (piece.length === 0) return;
    const key = keyOf(manner, text);
    if (!this.#pieces.delete(key)) this.#samples += piece.length;
    this.#pieces.set(key, piece);
    for (const [oldest, { length }] of this.#pieces) {
      if (this.#samples <= MOST_SAMPLES) return;
      this.#pieces.delete(oldest);
      this.#samples -= length;
    }
  }
}

function keyOf({ voice, rateRatio }: Manner, text: string): string {
  return `${voice} ${rateRatio} ${text}`;
}

import type { TurnView } from "../../src-shared/turn-view.ts";
import { TURN_TUNING } from "./turn-tuning.ts";

/** Words said at the most in TURN_TUNING.spokenTextMs. */
const SPOKEN_WORDS = Math.ceil((TURN_TUNING.spokenTextMs / 1000) * 3.5);
/** The word that sounds now, and those of the time that recognition takes. */
const WORDS_UNDER_WAY = 4;

/** What was heard of a reply, and the words that sound before the player's next report. */
export function spokenByNow({ reply, heard }: Pick<TurnView, "reply" | "heard">): string {
  const next = reply.slice(heard.length).trim().split(/\s+/);
  return `${heard} ${next.slice(0, WORDS_UNDER_WAY).join(" ")}`;
}

/** The end of a text: as many words as are said in TURN_TUNING.spokenTextMs. */
export function latestWords(text: string): string {
  return text.split(/\s+/).slice(-SPOKEN_WORDS).join(" ").trim();
}

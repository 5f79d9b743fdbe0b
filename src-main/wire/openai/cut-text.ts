import { clauseStarts } from "./clause-starts.ts";

/** Servers take no more characters at once. */
const MOST_CHARACTERS = 4_096;

/** Cuts a text into pieces that a server takes: after a clause where there is one, else at a space, else anywhere. */
export function cutText(text: string, mostCharacters = MOST_CHARACTERS): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > mostCharacters) {
    const start = rest.slice(0, mostCharacters);
    const end = clauseStarts(start).at(-1) ?? (start.lastIndexOf(" ") + 1 || mostCharacters);
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}

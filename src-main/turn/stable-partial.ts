/** A word of a partial transcript as it is shown. */
export interface ShownWord {
  /** With the recognizer's casing and punctuation. */
  readonly text: string;
  /** Two hypotheses in a row had it: it stays, whatever comes. */
  readonly stable: boolean;
}

/**
 * What to show after the next hypothesis of the same segment: the hypothesis, except that no stable word is lost. Words are aligned at
 * the least number of changes; those that agree, apart from casing and punctuation, become stable and take the new spelling. Takes as long as
 * the product of the lengths.
 */
export function nextShownWords(shown: readonly ShownWord[], hypothesis: string): readonly ShownWord[] {
  const heard = hypothesis.split(/\s+/).filter((word) => word !== "");
  const shownBare = shown.map(({ text }) => bareWord(text));
  const heardBare = heard.map(bareWord);
  const costs = alignmentCosts(shownBare, heardBare);
  const words: ShownWord[] = [];
  let at = 0;
  let next = 0;
  while (at < shown.length || next < heard.length) {
    const old = shown[at];
    const text = heard[next];
    const cost = costAt(costs, at, next) - 1;
    if (old && text !== undefined && shownBare[at] === heardBare[next]) {
      words.push({ text, stable: true });
      at += 1;
      next += 1;
    } else if (old && text !== undefined && costAt(costs, at + 1, next + 1) === cost) {
      words.push(old.stable ? old : { text, stable: false });
      at += 1;
      next += 1;
    } else if (old && costAt(costs, at + 1, next) === cost) {
      if (old.stable) words.push(old);
      at += 1;
    } else {
      words.push({ text: text as string, stable: false });
      next += 1;
    }
  }
  return words;
}

/** Row `at`, column `next`: the fewest words to change, drop or add from there to both ends. */
function alignmentCosts(shown: readonly string[], heard: readonly string[]): readonly (readonly number[])[] {
  const costs = Array.from({ length: shown.length + 1 }, () => Array.from(heard, () => 0));
  for (let at = shown.length; at >= 0; at--) {
    const row = costs[at] as number[];
    row[heard.length] = shown.length - at;
    for (let next = heard.length - 1; next >= 0; next--) {
      if (at === shown.length) row[next] = heard.length - next;
      else if (shown[at] === heard[next]) row[next] = costAt(costs, at + 1, next + 1);
      else {
        const changed = costAt(costs, at + 1, next + 1);
        row[next] = 1 + Math.min(changed, costAt(costs, at + 1, next), costAt(costs, at, next + 1));
      }
    }
  }
  return costs;
}

function costAt(costs: readonly (readonly number[])[], at: number, next: number): number {
  return costs[at]?.[next] ?? Number.POSITIVE_INFINITY;
}

/** Letters and digits alone, in lower case; a word without any stays as it is. */
function bareWord(word: string): string {
  const bare = word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
  return bare === "" ? word : bare;
}

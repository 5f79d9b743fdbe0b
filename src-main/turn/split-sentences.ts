/** Shortest first piece worth speaking on its own, in characters. */
const SHORTEST_CHARACTERS = 2;
/** A sentence longer than this is also cut at a comma, semicolon, colon or dash, so that its beginning can be spoken early. */
const CLAUSE_CUT_CHARACTERS = 140;

const ABBREVIATION = /(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|no|approx|inc|ltd|jr|sr)|\b[a-z])\.$/i;

/**
 * Splits a growing text into sentences to speak, as early as the text allows and never inside a number ("3.5"), an initial or a common
 * abbreviation ("Mr."). Pure.
 */
export class SentenceSplitter {
  #rest = "";

  /** Adds text and returns the sentences that are complete now, trimmed and non-empty. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences: string[] = [];
    for (let cut = findCut(this.#rest); cut > 0; cut = findCut(this.#rest)) {
      sentences.push(this.#rest.slice(0, cut).trim());
      this.#rest = this.#rest.slice(cut);
    }
    return sentences.filter((sentence) => sentence.length > 0);
  }

  /** The text is over: returns what is left, if it says anything. */
  finish(): string[] {
    const rest = this.#rest.trim();
    this.#rest = "";
    return rest.length > 0 ? [rest] : [];
  }
}

/** Index just after the first complete sentence, or 0. A sentence is complete when white space follows its end. */
function findCut(text: string): number {
  for (const match of text.matchAll(/[.!?…]+["')\]]*(?=\s)|\n+/g)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(0, end);
    if (sentence.trim().length < SHORTEST_CHARACTERS || (match[0] === "." && ABBREVIATION.test(sentence))) continue;
    return end;
  }
  return text.length > CLAUSE_CUT_CHARACTERS ? findClauseCut(text) : 0;
}

function findClauseCut(text: string): number {
  let cut = 0;
  for (const match of text.slice(0, CLAUSE_CUT_CHARACTERS).matchAll(/[,;:–—](?=\s)/g)) cut = match.index + 1;
  return cut;
}

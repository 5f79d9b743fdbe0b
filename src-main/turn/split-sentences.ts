/** Shortest first piece worth speaking on its own, in characters. */
const SHORTEST_CHARACTERS = 2;
/** A sentence longer than this is also cut at a comma, semicolon, colon or dash, so that its beginning can be spoken early. */
const CLAUSE_CUT_CHARACTERS = 140;
/** The first sentence is cut early when it is longer than this: what is heard first should not wait for what comes later. */
const FIRST_CUT_CHARACTERS = 60;
/** A first clause shorter than this would be over before the next one is made. */
const SHORTEST_CLAUSE_CHARACTERS = 16;

const ABBREVIATION =
  /(?:\b(?:mr|mrs|ms|dr|prof|gen|sen|rep|gov|capt|st|mt|vs|etc|e\.g|i\.e|approx|inc|ltd|jr|sr)|\b[a-z])\.$/i;
/** Abbreviations only in front of a number: "No. 5", "Jan. 5". */
const ABBREVIATION_OF_NUMBER = /\b(?:no|fig|vol|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$/i;

/**
 * Splits a growing text into sentences to speak, as early as the text allows and never inside a number ("3.5"), an initial or a common
 * abbreviation ("Mr."). Pure.
 */
export class SentenceSplitter {
  #rest = "";
  #isFirst = true;

  /** Adds text and returns the sentences that are complete now, trimmed and non-empty. */
  push(text: string): string[] {
    this.#rest += text;
    const sentences: string[] = [];
    for (let cut = this.#findCut(); cut > 0; cut = this.#findCut()) {
      sentences.push(this.#rest.slice(0, cut).trim());
      this.#rest = this.#rest.slice(cut);
      this.#isFirst = false;
    }
    return sentences.filter((sentence) => sentence.length > 0);
  }

  #findCut(): number {
    const cut = findCut(this.#rest);
    if (!this.#isFirst || (cut > 0 && cut <= FIRST_CUT_CHARACTERS)) return cut;
    return this.#rest.length > FIRST_CUT_CHARACTERS ? findClauseCut(this.#rest, FIRST_CUT_CHARACTERS) || cut : cut;
  }

  /** The text is over: returns what is left, if it says anything. */
  finish(): string[] {
    const rest = this.#rest.trim();
    this.#rest = "";
    return rest.length > 0 ? [rest] : [];
  }
}

/** Index just after the first complete sentence, or 0. A sentence is complete when white space follows its end; 。！？ need none. */
function findCut(text: string): number {
  for (const match of text.matchAll(/[.!?…]+["'”’)\]]*(?=\s)|[。！？]+[”’」』）]*(?=[^”’」』）])|\n+/g)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(0, end);
    if (sentence.trim().length < SHORTEST_CHARACTERS || (match[0] === "." && ABBREVIATION.test(sentence))) continue;
    const next = text.slice(end).trimStart()[0];
    if (match[0] === "." && (!next || /\d/.test(next)) && ABBREVIATION_OF_NUMBER.test(sentence)) continue;
    return end;
  }
  return text.length > CLAUSE_CUT_CHARACTERS ? findClauseCut(text, CLAUSE_CUT_CHARACTERS) : 0;
}

/** Index just after the last clause within so many characters, or 0. */
function findClauseCut(text: string, mostCharacters: number): number {
  let cut = 0;
  for (const match of text.slice(0, mostCharacters).matchAll(/[,;:–—](?=\s)/g)) {
    if (match.index >= SHORTEST_CLAUSE_CHARACTERS) cut = match.index + 1;
  }
  return cut;
}

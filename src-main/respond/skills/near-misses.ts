import { doubleMetaphone } from "double-metaphone";
import { distance } from "fastest-levenshtein";
import { spellNumber } from "../../../src-shared/spell-number.ts";

/** Two texts further apart than this are not taken for one another; see {@link soundDistance}. */
export const MOST_DISTANT_ALIKE = 0.42;
const MOST_TOTAL_DISTANCE = 0.8;
const MOST_REPAIRS = 3;
const MOST_SPAN_WORDS = 3;
const MOST_WORDS = 14;
const MOST_CANDIDATES = 250;
/** A sound of fewer consonants than this is too little to be told from another one. */
const LEAST_CONSONANTS = 2;
/** How the two parts of the distance count, and what a different first sound adds. */
const SOUND_WEIGHT = 0.6;
const SPELLING_WEIGHT = 0.4;
const ONSET_PENALTY = 0.15;

/** Short words that recognizers take for one another. Heard, meant. */
const SOUND_ALIKES: readonly (readonly [heard: string, meant: string])[] = [
  ["4", "for"],
  ["for", "4"],
  ["fore", "4"],
  ["2", "to"],
  ["to", "2"],
  ["too", "2"],
  ["too", "to"],
  ["won", "1"],
  ["free", "3"],
  ["tree", "3"],
  ["ate", "8"],
  ["sex", "6"],
  ["tin", "10"],
  ["in", "is"],
  ["at", "a"],
  ["or", "for"],
  ["he", "a"],
];
const SOUND_ALIKE_DISTANCE = 0.05;

/** Words that are too common to be evidence of anything. */
const COMMON_WORDS = new Set(
  "a an the is are am it to for of or on off my me at in by you i we what how do does did up be and that this too".split(
    " ",
  ),
);

/** A request as it may have been meant. */
export interface MendedRequest {
  readonly words: readonly string[];
  /** Sum of the distances of what was mended. */
  readonly distance: number;
}

interface Sound {
  readonly letters: string;
  readonly codes: readonly string[];
}

interface Trigger extends Sound {
  readonly words: readonly string[];
}

interface Repair {
  readonly length: number;
  readonly words: readonly string[];
  readonly distance: number;
  /** Sounds the same, so that it needs no other evidence. */
  readonly isHomophone: boolean;
}

/** How different two short texts sound: 0 for the same letters, 0.4 or less for homophones, 1 for nothing in common. Pure. */
export function soundDistance(one: string, other: string): number {
  return compareSounds(soundOf(one.split(" ")), soundOf(other.split(" "))).distance;
}

/**
 * Finds what a misheard request may have been: spans of up to three words are replaced by trigger phrases that sound alike ("santa" by "set
 * a", "time or" by "timer"). It never guesses against the evidence: a replacement that is not a homophone needs another trigger word or a
 * number that was heard well. Pure.
 */
export class NearMisses {
  readonly #triggers: readonly Trigger[];
  readonly #contentWords: ReadonlySet<string>;

  constructor(triggers: readonly string[]) {
    this.#triggers = [...new Set(triggers)].map((phrase) => {
      const words = phrase.split(" ");
      return { words, ...soundOf(words) };
    });
    this.#contentWords = new Set(
      triggers.flatMap((phrase) => phrase.split(" ")).filter((word) => !COMMON_WORDS.has(word)),
    );
  }

  /** Candidates for `words`, likeliest first. Empty for long requests, which say what they mean more than once. */
  mend(words: readonly string[]): MendedRequest[] {
    if (words.length > MOST_WORDS) return [];
    const repairs = words.map((_, start) => this.#repairsAt(words, start));
    const found: MendedRequest[] = [];
    const extend = (
      at: number,
      done: readonly string[],
      total: number,
      count: number,
      debt: number,
      anchors: number,
    ) => {
      if (at === words.length) {
        if (count > 0 && debt <= anchors) found.push({ words: done, distance: total });
        return;
      }
      const word = words[at] as string;
      extend(at + 1, [...done, word], total, count, debt, anchors + (this.#isEvidence(word) ? 1 : 0));
      if (count === MOST_REPAIRS) return;
      for (const repair of repairs[at] as readonly Repair[]) {
        if (total + repair.distance > MOST_TOTAL_DISTANCE) continue;
        const mended = [...done, ...repair.words];
        extend(
          at + repair.length,
          mended,
          total + repair.distance,
          count + 1,
          debt + (repair.isHomophone ? 0 : 1),
          anchors,
        );
      }
    };
    extend(0, [], 0, 0, 0, 0);
    return found.toSorted((a, b) => a.distance - b.distance).slice(0, MOST_CANDIDATES);
  }

  #isEvidence(word: string): boolean {
    return this.#contentWords.has(word) || /^\d/.test(word);
  }

  #repairsAt(words: readonly string[], start: number): Repair[] {
    const repairs: Repair[] = [];
    for (const [heard, meant] of SOUND_ALIKES) {
      if (words[start] === heard)
        repairs.push({ length: 1, words: [meant], distance: SOUND_ALIKE_DISTANCE, isHomophone: true });
    }
    for (let length = 1; length <= MOST_SPAN_WORDS && start + length <= words.length; length++) {
      const span = words.slice(start, start + length);
      const sound = soundOf(span);
      const written = span.join(" ");
      for (const trigger of this.#triggers) {
        if (Math.abs(sound.letters.length - trigger.letters.length) > trigger.letters.length / 2) continue;
        if (written === trigger.words.join(" ")) continue;
        const { distance: apart, isHomophone } = compareSounds(sound, trigger);
        if (!isHomophone && (trigger.codes[0] as string).length < LEAST_CONSONANTS) continue;
        if (apart <= MOST_DISTANT_ALIKE) repairs.push({ length, words: trigger.words, distance: apart, isHomophone });
      }
    }
    return repairs.toSorted((a, b) => a.distance - b.distance).slice(0, 6);
  }
}

function soundOf(words: readonly string[]): Sound {
  const letters = words
    .map((word) => (/^\d{1,6}$/.test(word) ? spellNumber(Number(word)) : word))
    .join("")
    .replace(/\W/g, "");
  return { letters, codes: [...new Set(doubleMetaphone(letters))] };
}

function compareSounds(one: Sound, other: Sound): { readonly distance: number; readonly isHomophone: boolean } {
  let apart = 1;
  for (const a of one.codes) {
    for (const b of other.codes) {
      const longest = Math.max(a.length, b.length);
      if (longest === 0) continue;
      const onset = a[0] === b[0] ? 0 : ONSET_PENALTY;
      apart = Math.min(apart, SOUND_WEIGHT * (distance(a, b) / longest) + onset);
    }
  }
  const spelling = distance(one.letters, other.letters) / Math.max(one.letters.length, other.letters.length, 1);
  return { distance: apart + SPELLING_WEIGHT * spelling, isHomophone: apart === 0 };
}

import { doubleMetaphone } from "double-metaphone";
import { distance } from "fastest-levenshtein";
import { spellNumber } from "../../../src-shared/spell-number.ts";

/** Two texts further apart than this are not taken for one another; see {@link soundDistance}. */
export const MOST_DISTANT_ALIKE = 0.42;
/** The same for a single word, in which less is left to recognize. */
const MOST_DISTANT_ALIKE_WORD = 0.38;
const MOST_TOTAL_DISTANCE = 0.8;
const MOST_REPAIRS = 3;
const MOST_SPAN_WORDS = 4;
/** A phrase of at least so many words and letters that is this close needs no other evidence. */
const TELLING_WORDS = 3;
const TELLING_LETTERS = 8;
const TELLING_DISTANCE = 0.2;
/** What was changed inside a phrase must be this close, or this short where it is left out. Only an article may be added. */
const MOST_DISTANT_CHANGE = 0.9;
const MOST_LOST_LETTERS = 3;
const MOST_REPAIRS_AT_A_WORD = 6;
const MOST_WORDS = 14;
const MOST_CANDIDATES = 160;
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
  ["due", "2"],
  ["do", "2"],
  ["won", "1"],
  ["free", "3"],
  ["tree", "3"],
  ["ate", "8"],
  ["sex", "6"],
  ["mine", "9"],
  ["tin", "10"],
  ["in", "is"],
  ["at", "a"],
  ["or", "for"],
  ["he", "a"],
];
const SOUND_ALIKE_DISTANCE = 0.05;

/** Words that are everywhere and therefore evidence of nothing. */
const PLAIN_WORDS = new Set(
  "a an the is are am it to for of or on off my me at in by you i we what how do does did up be and that this too".split(
    " ",
  ),
);

/** What says who, how many or the opposite is never taken for anything that merely sounds like it. */
const KEPT_WORD = /^(?:\d.*|i|he|she|her|him|his|they|them|their|we|us|our|not|no|never|did|was|were|would|if)$/;

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

/** Sounds of texts that were compared lately: the same parts of a request are compared with hundreds of phrases. */
const SOUNDS = new Map<string, Sound>();
const MOST_SOUNDS = 4_096;

interface Trigger extends Sound {
  readonly words: readonly string[];
  readonly consonants: number;
  readonly isTelling: boolean;
}

interface Draft extends MendedRequest {
  readonly repairs: number;
  /** Words that were heard well, less the repairs that need one. */
  readonly evidence: number;
}

interface Repair {
  readonly length: number;
  readonly words: readonly string[];
  readonly distance: number;
  /** Needs a word elsewhere in the request that was heard well. */
  readonly needsEvidence: boolean;
}

/** How different two short texts sound: 0 for the same letters, 0.4 or less for homophones, 1 for nothing in common. Pure. */
export function soundDistance(one: string, other: string): number {
  return compareSounds(soundOf(one.split(" ")), soundOf(other.split(" "))).distance;
}

/**
 * Finds what a misheard request may have been: spans of up to four words are replaced by trigger phrases that sound alike ("santa" by "set
 * a", "time or" by "timer"). It never guesses against the evidence: a replacement that is neither a homophone nor a long phrase that is close needs another trigger word or a
 * number that was heard well. Pure.
 */
export class NearMisses {
  readonly #triggers: readonly Trigger[];
  /** Triggers of several words, with a space around each. What was heard as one of them is not taken for another. */
  readonly #phrases: readonly string[];
  readonly #contentWords: ReadonlySet<string>;

  constructor(triggers: readonly string[]) {
    this.#triggers = [...new Set(triggers)].map((phrase) => {
      const words = phrase.split(" ");
      const sound = soundOf(words);
      const isTelling = words.length >= TELLING_WORDS && sound.letters.length >= TELLING_LETTERS;
      return { words, ...sound, consonants: sound.codes[0]?.length ?? 0, isTelling };
    });
    this.#phrases = this.#triggers.filter(({ words }) => words.length > 1).map(({ words }) => ` ${words.join(" ")} `);
    this.#contentWords = new Set(
      triggers.flatMap((phrase) => phrase.split(" ")).filter((word) => !PLAIN_WORDS.has(word)),
    );
  }

  /** Candidates for `words`, likeliest first. Empty for long requests, which say what they mean more than once. */
  mend(words: readonly string[]): readonly MendedRequest[] {
    if (words.length > MOST_WORDS) return [];
    const repairs = words.map((_, start) => this.#repairsAt(words, start));
    const found = new Map<string, MendedRequest>();
    const extend = (at: number, draft: Draft) => {
      const word = words[at];
      if (word === undefined) {
        const text = draft.words.join(" ");
        const isBetter = draft.distance < (found.get(text)?.distance ?? Infinity);
        if (draft.repairs > 0 && draft.evidence >= 0 && isBetter) found.set(text, draft);
        return;
      }
      extend(at + 1, {
        ...draft,
        words: [...draft.words, word],
        evidence: draft.evidence + (this.#isEvidence(word) ? 1 : 0),
      });
      if (draft.repairs === MOST_REPAIRS) return;
      for (const repair of repairs[at] ?? []) {
        if (draft.distance + repair.distance > MOST_TOTAL_DISTANCE) continue;
        extend(at + repair.length, {
          words: [...draft.words, ...repair.words],
          distance: draft.distance + repair.distance,
          repairs: draft.repairs + 1,
          evidence: draft.evidence - (repair.needsEvidence ? 1 : 0),
        });
      }
    };
    extend(0, { words: [], distance: 0, repairs: 0, evidence: 0 });
    return [...found.values()].toSorted((a, b) => a.distance - b.distance).slice(0, MOST_CANDIDATES);
  }

  #isEvidence(word: string): boolean {
    return this.#contentWords.has(word) || /^\d/.test(word);
  }

  /** One word of importance is not taken for another one, only for a form of itself. */
  #isHeardWell([word = "", ...others]: readonly string[], trigger: Trigger): boolean {
    if (others.length > 0 || trigger.words.length > 1 || !this.#isEvidence(word)) return false;
    return !trigger.letters.startsWith(word) && !word.startsWith(trigger.letters);
  }

  #repairsAt(words: readonly string[], start: number): readonly Repair[] {
    const repairs: Repair[] = SOUND_ALIKES.filter(([heard]) => heard === words[start]).map(([, meant]) => ({
      length: 1,
      words: [meant],
      distance: SOUND_ALIKE_DISTANCE,
      needsEvidence: false,
    }));
    for (let length = 1; length <= MOST_SPAN_WORDS && start + length <= words.length; length++) {
      const span = words.slice(start, start + length);
      const sound = soundOf(span);
      const written = ` ${span.join(" ")} `;
      const heard = this.#phrases.filter((phrase) => written.includes(phrase));
      for (const trigger of this.#triggers) {
        if (Math.abs(sound.letters.length - trigger.letters.length) > trigger.letters.length / 2) continue;
        const meant = ` ${trigger.words.join(" ")} `;
        if (written.includes(meant) || heard.some((phrase) => !meant.includes(phrase))) continue;
        if (this.#isHeardWell(span, trigger) || !areChangesAlike(span, trigger.words)) continue;
        const { distance: apart, isHomophone } = compareSounds(sound, trigger);
        if (
          apart > (trigger.words.length === 1 ? MOST_DISTANT_ALIKE_WORD : MOST_DISTANT_ALIKE) ||
          (!isHomophone && trigger.consonants < LEAST_CONSONANTS)
        )
          continue;
        if (!isHomophone && span.some((word) => KEPT_WORD.test(word) && !trigger.words.includes(word))) continue;
        const needsEvidence = !isHomophone && !(trigger.isTelling && apart <= TELLING_DISTANCE);
        repairs.push({ length, words: trigger.words, distance: apart, needsEvidence });
      }
    }
    return repairs.toSorted((a, b) => a.distance - b.distance).slice(0, MOST_REPAIRS_AT_A_WORD);
  }
}

/** Whether what differs between two phrases, apart from the words around it that are the same, sounds at least a little alike. */
function areChangesAlike(heard: readonly string[], meant: readonly string[]): boolean {
  let first = 0;
  while (first < heard.length && heard[first] === meant[first]) first++;
  let last = 0;
  while (last < heard.length - first && heard.at(-1 - last) === meant.at(-1 - last)) last++;
  const one = soundOf(heard.slice(first, heard.length - last));
  const other = soundOf(meant.slice(first, Math.max(first, meant.length - last)));
  if (one.letters === "") return /^(?:a|an|the)?$/.test(other.letters);
  if (other.letters === "") return one.letters.length <= MOST_LOST_LETTERS;
  return compareSounds(one, other).distance <= MOST_DISTANT_CHANGE;
}

function soundOf(words: readonly string[]): Sound {
  const text = words.join(" ");
  const known = SOUNDS.get(text);
  if (known) return known;
  const sound = toSound(words);
  if (SOUNDS.size === MOST_SOUNDS) SOUNDS.clear();
  SOUNDS.set(text, sound);
  return sound;
}

function toSound(words: readonly string[]): Sound {
  const letters = words
    .map((word) => (/^\d{1,6}$/.test(word) ? spellNumber(Number(word)) : word))
    .join("")
    .replace(/[^\p{L}\d]/gu, "");
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
  const total = apart + SPELLING_WEIGHT * spelling;
  return { distance: total, isHomophone: apart === 0 && total <= TELLING_DISTANCE };
}

/** A sound that a synthesizer made, and when it ends, in ms from the start of its audio. */
export interface SpokenPhone {
  readonly pause: boolean;
  readonly endMs: number;
}

/** A word to be placed in time. */
export interface WordToPlace {
  /** What the synthesizer was given for it; empty when it says nothing. */
  readonly spoken: string;
  /** A pause may follow it. */
  readonly pauseFollows: boolean;
}

/**
 * When each word ends, in ms: the phones are shared out in proportion to how long each word looks, and a pause between phones is put after
 * the nearest word with punctuation. Right to within about a phone or two; pure.
 */
export function placeWordEnds(words: readonly WordToPlace[], phones: readonly SpokenPhone[]): readonly number[] {
  const sounds = phones.filter((phone) => !phone.pause);
  if (sounds.length === 0) return words.map(() => phones.at(-1)?.endMs ?? 0);
  const lengths = words.map((word) => expectedPhones(word.spoken));
  const ends: number[] = [];
  let sum = 0;
  for (const length of lengths) ends.push((sum += length));
  const anchors = placePauses(words, phones, ends, sounds.length);
  return ends.map((end) => {
    const next = anchors.findIndex((anchor) => anchor.length >= end);
    const to = anchors[next] as Anchor;
    const from = anchors[next - 1] ?? START;
    const share = to.length === from.length ? 1 : (end - from.length) / (to.length - from.length);
    const index = Math.round(from.phones + share * (to.phones - from.phones));
    return sounds[Math.max(0, index - 1)]?.endMs as number;
  });
}

/** A place known in both: so much expected length corresponds to so many phones. */
interface Anchor {
  readonly length: number;
  readonly phones: number;
}

const START: Anchor = { length: 0, phones: 0 };

function placePauses(
  words: readonly WordToPlace[],
  phones: readonly SpokenPhone[],
  ends: readonly number[],
  sounds: number,
): readonly Anchor[] {
  const total = ends.at(-1) ?? 0;
  const anchors: Anchor[] = [];
  let nextWord = 0;
  let passed = 0;
  for (const phone of phones) {
    if (!phone.pause) {
      passed += 1;
      continue;
    }
    if (passed === 0 || passed === sounds) continue;
    const expected = (passed / sounds) * total;
    let nearest = -1;
    for (let index = nextWord; index < words.length - 1; index++) {
      if (!words[index]?.pauseFollows) continue;
      const distance = Math.abs((ends[index] as number) - expected);
      if (nearest < 0 || distance < Math.abs((ends[nearest] as number) - expected)) nearest = index;
    }
    if (nearest < 0) continue;
    anchors.push({ length: ends[nearest] as number, phones: passed });
    nextWord = nearest + 1;
  }
  anchors.push({ length: total, phones: sounds });
  return anchors;
}

/** How many phones a text has, guessed from its spelling: letters that are usually silent or paired count less, a digit is a word. */
function expectedPhones(spoken: string): number {
  const digits = spoken.match(/\d/g)?.length ?? 0;
  const letters = spoken.toLowerCase().replace(/[^a-z]/g, "");
  const paired = letters.match(/th|sh|ch|ck|ph|wh|gh|ng|oo|ee|ea|ou|ai|ay|ow|igh|(.)\1/g)?.length ?? 0;
  const silent = /[^aeiouy]e$/.test(letters) && letters.length > 2 ? 1 : 0;
  return Math.max(letters.length - paired - silent, letters.length > 0 ? 1 : 0) + digits * 3.5;
}

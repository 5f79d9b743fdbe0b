import { readNumberWords } from "./number-words.ts";

/** Between two clauses of a request, where the recognizer heard a comma or the end of a sentence. */
export const CLAUSE_MARK = "|";

/** What is rewritten before the text is cut into words, in this order. */
const REWRITES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/[’‘ʼ`´]/g, "'"],
  [/\b([ap])\s?\.?\s?m\b\.?/g, "$1m"],
  [/\bo'? ?clock\b/g, "oclock"],
  [/(?<=\d),(?=\d{3}\b)/g, ""],
  [/[£]\s?(\d[\d.]*)/g, "$1 pounds"],
  [/[$]\s?(\d[\d.]*)/g, "$1 dollars"],
  [/%|\bper cent\b/g, " percent "],
  [/°\s?([cf])\b/g, " degrees $1"],
  [/°/g, " degrees "],
  [/(?<=\d)\s*\^\s*(?=\d)/g, " to the power of "],
  [/[×*]|(?<=\d)\s*x\s*(?=\d)/g, " times "],
  // A slash between two numbers stays: it makes them one, "6 divided by 1/3".
  [/÷|(?<=\d)(?:\s+\/\s*|\/\s+)(?=\d)/g, " divided by "],
  [/(?<!\d)\/|\/(?!\d)/g, " "],
  [/\+/g, " plus "],
  [/=/g, " equals "],
  [/√/g, " square root of "],
  [/(?<=\d)\s*[-−–]\s*(?=\d)|\s[-−–]\s/g, " minus "],
  [/(?<![\w)])[-−–](?=\d)/g, " minus "],
  [/\b(\d*)d(\d+)\b/g, "$1 d $2"],
  [/(?<=[a-z])[-‐](?=[a-z\d])|(?<=\d)[-‐](?=[a-z])/g, " "],
  [/(?<=\d)(?=(?:am|pm|km|m|cm|mm|mi|kg|g|mg|lbs?|oz|ml|l|ft|in|mph|f|c|min|mins|sec|secs|s|h|hrs?)\b)/g, " "],
  // As recognizers write "cancel", and a digit after tens.
  [/\bcan't s(?:ell|um)\b/g, "cancel"],
  [/(?<=ty) (?:for|fore)(?= (?:divided|times|plus|minus|percent|minutes|seconds|hours)\b)/g, " four"],
  [/(?<=ty) too?(?= (?:divided|times|plus|minus|percent|minutes|seconds|hours)\b)/g, " two"],
  [/\bcan't\b/g, "can not"],
  [/\bwon't\b/g, "will not"],
  [/n't\b/g, " not"],
  [/\b(what|who|when|where|how|that|it|there|here|time|date)'?s\b(?!')/g, "$1 is"],
  [/\blet's\b/g, "let us"],
  [/'m\b/g, " am"],
  [/'re\b/g, " are"],
  [/'d\b/g, " would"],
  [/'ll\b/g, " will"],
  [/'ve\b/g, " have"],
  [/\bgimme\b/g, "give me"],
  [/\b(wan|gon)na\b/g, "$1t to"],
  [/\b(to) (day|night|morrow)\b/g, "$1$2"],
  [/(?<=\d)\.(?=\s|$)/g, " | "],
  [/[!?;,…]+|\.(?!\d)|\s[-–—]+\s|\n/g, " | "],
  [/[^\p{L}\p{M}0-9.:/'|\s]/gu, " "],
  [/'/g, ""],
];

const FILLERS = new Set(["um", "uh", "er", "erm", "hmm", "please", "just", "kindly", "repartee", "um"]);

/** Polite ways to begin, which say nothing about what is wanted. */
const OPENINGS = [
  /^(?:excuse me|sorry|pardon me|pardon|listen|look) (?!$)/,
  /^on (?=what|which)/,
  /^know (?=what|the )/,
  /^(?:ok|okay|so|well|and|alright|all right|now|hey|hi|hello|yo|yes|yeah|oh|then|also) (?!$)/,
  /^(?:can|could|would|will|might|may) (?:you|i|we) (?:possibly |maybe |perhaps |have you |get you to |quickly )?/,
  /^i (?:want|would like|need|wish) (?:you )?to (?:know )?/,
  /^(?:i am wondering|i was wondering|i wonder) (?:if you (?:can|could) )?/,
  /^(?:do|would) you (?:happen to )?(?:know|mind) /,
  /^(?:tell|show|let) me (?:know )?(?!what you|about |a |an )/,
  /^(?:any idea|go ahead and|let us|try to|help me|be so kind and) /,
];

/** Polite ways to end. */
const ENDINGS = [
  / (?:please|now|right now|at the moment|currently|at this moment|for me|to me|then|will you|would you|could you|can you|if you can|if you could|if possible|mate|buddy|ok|okay|quickly)$/,
  /(?<=\S \S+) (?:thanks|thank you|thanks a lot|cheers)$/,
];

/**
 * Brings a request into the form that skills match: lower case, contractions apart, symbols and spelled numbers as words and digits,
 * without fillers and accents. Words in other scripts stay as they are. Commas and sentence ends become {@link CLAUSE_MARK}. Pure.
 */
export function normalizeRequest(text: string): string[] {
  let rest = withoutAccents(text.toLowerCase());
  for (const [pattern, replacement] of REWRITES) rest = rest.replace(pattern, replacement);
  const words = rest.split(/\s+/).filter((word) => word !== "" && !FILLERS.has(word));
  return readNumberWords(words).filter(
    (word, index, all) =>
      word !== CLAUSE_MARK || (index > 0 && index < all.length - 1 && all[index - 1] !== CLAUSE_MARK),
  );
}

function withoutAccents(text: string): string {
  return text
    .normalize("NFD")
    .replace(/(?<=\p{Script=Latin}\p{M}*)\p{M}/gu, "")
    .normalize("NFC");
}

/** Whether there is a picture, such as an emoji, in a text. Pure. */
export function hasPicture(text: string): boolean {
  return /\p{Extended_Pictographic}/u.test(text);
}

/** A clause without the polite words around what is wanted; at least one word is left. Pure. */
export function stripPoliteness(words: readonly string[]): string[] {
  let text = words.join(" ");
  for (let before = ""; before !== text;) {
    before = text;
    for (const opening of OPENINGS) text = text.replace(opening, "") || text;
    for (const ending of ENDINGS) text = text.replace(ending, "") || text;
  }
  return text.split(" ");
}

import { wordsOf } from "./words-of.ts";
import { isNumberUnfinished } from "./number-at-end.ts";

/** Why the end of a text sounds as if more were to come; "none" when it does not. */
export type Hold = "filler" | "conjunction" | "preposition" | "article" | "number" | "list" | "unfinished" | "none";

const FILLERS = words("um uh umm uhm er erm hmm hm mm like");
const FILLER_PHRASE =
  /\b(?:let me (?:see|think)|let's see|you know|you see|i mean|how (?:do|shall|should) i (?:say|put)(?: it| this)?|what(?:'s| is| was) (?:it|that) called|sort of|kind of)$/;
const CONJUNCTIONS = words(
  "and or but because cause so if when while although though unless until whereas whether than nor plus as which who whom where since",
);
/** "I think so" is whole. */
const ENDS_IN_SO = /\b(?:think|hope|say|said|guess|suppose|believe|that|not) so$/;
/** "I think that", but not "I like that". */
const OPEN_THAT =
  /\b(?:say|says|said|think|thought|know|knew|believe|hope|sure|told (?:me|him|her|us|them)|so|is|was) that$/;
const PREPOSITIONS = words(
  "of to for with at from by into onto between near under above below among across along against without during towards toward via beside behind " +
    "beneath per past except including despite after through around in on over about",
);
/** Also the second half of a verb: "turn it on". */
const PARTICLES = words("in on over through around past after");
const PARTICLE_VERB =
  /\b(?:turn|switch|put|come|go|carry|move|log|sign|check|hold|hang|try|keep|play|leave|get|look)\b/;
const ARTICLES = words(
  "the a an my your our their its his every each another very quite extremely mr mrs ms dr mister",
);
const OPEN_VERBS = words(
  "is are was were am be been can could would will should shall must may might have has had do does did " +
    "i'm it's that's there's what's who's where's he's she's we're they're you're let's i'd i'll we'll i've you'll " +
    "called named want wanted need needed tell give gave send sent show set put add make made remind bring brought invite deliver navigate buy bought " +
    "take took get got see saw meet met say said says takes means makes gives has gets going trying seems became become",
);
/** A short answer or the end of a question inside a sentence: "yes, it is", "what time it is", "as soon as you can". */
const SHORT_ANSWER =
  /\b(?:yes|yeah|no|course|what|who|where|when|how|why|as|than|think|not)\b.* (?:i|you|he|she|it|we|they|that|this|there) (?!want|need|like|call|tell|give|got|get|took|take|said|say|made|make)[a-z]+$/;
const OPENINGS =
  /\b(?:i would like to|i'd like to|i want to|i need to|i have to|i am going to|let me|can you|could you|would you|will you|tell me|give me|show me|remind me|send me|how do i|how do you|what time|how many|how much|what kind|which|whose|looking for|thinking about|please)$/;
/** Questions that may end in their preposition: "where are you from?". */
const STRANDING_QUESTION = /^(?:what|where|who|whom|which|whose|what's|where's|who's)\b/;
const QUESTION_WORD = /^(?:what|where|who|whom|which|whose|what's|where's|who's|when|how|why)\b/;
/** Begins a clause that wants another one after it. */
const SUBORDINATE =
  /^(?:and |but |so |well |okay |ok )*(?:if|since|because|although|though|while|unless|until|before|after|once|when|whenever|even (?:if|though)|as (?:soon|long|far) as|in case|by the time|every time|now that|the moment) /;
const ASKS_WHEN = /^\S+ (?:is|are|was|were|do|does|did|will|can|could|would|should|has|have|had|'s)\b/;
const OPEN_LIST = /\b(?:buy|need|add|get|bring|order|pack|want|have|like|put|invite|include|are|visited|speak|with)\b/;
const NO_LIST_ITEM = /^(?:please|thanks|thank you|too|now|today|tomorrow|then|right|okay|ok|\d.*|.*\b(?:and|or)\b.*)$/;

/** With more words, the main clause is there too, without its comma. */
const LONGEST_CLAUSE_WORDS = 9;

/** What holds back at the end of a text: evidence that the speaker has not finished. Casing and most punctuation do not matter. */
export function holdOf(text: string): Hold {
  const all = wordsOf(text);
  const said = all.join(" ");
  const last = all.at(-1);
  if (last === undefined) return "none";
  if ((FILLERS.has(last) && !isQuestionVerb(all)) || FILLER_PHRASE.test(said)) return "filler";
  if (isConjunctionOpen(said, last)) return "conjunction";
  if (ARTICLES.has(last)) return "article";
  if (PREPOSITIONS.has(last) && isPrepositionOpen(said, last)) return "preposition";
  if (isNumberUnfinished(text)) return "number";
  if (isListOpen(text)) return "list";
  if (isOpening(said) || isHalfSentence(text, said)) return all.length > 1 ? "unfinished" : "none";
  if (OPEN_VERBS.has(last) && !endsInShortAnswer(said)) return "unfinished";
  return /(?:\.\.\.|…|[-–—]|\b(?:dot|slash|underscore))\W*$/i.test(text) ? "unfinished" : "none";
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

/** "What is it like?" ends in no filler. */
function isQuestionVerb(all: readonly string[]): boolean {
  return all.at(-1) === "like" && QUESTION_WORD.test(all.join(" "));
}

/** One word alone is a question: "when?". */
function isConjunctionOpen(said: string, last: string): boolean {
  if (said === last || ENDS_IN_SO.test(said)) return false;
  return said.endsWith(" and then") || CONJUNCTIONS.has(last) || (OPEN_THAT.test(said) && !QUESTION_WORD.test(said));
}

function isPrepositionOpen(said: string, last: string): boolean {
  if (said === last || STRANDING_QUESTION.test(said)) return false;
  return !(PARTICLES.has(last) && PARTICLE_VERB.test(said));
}

function isOpening(said: string): boolean {
  if (!OPENINGS.test(said) || /. please$/.test(said)) return false;
  return !(STRANDING_QUESTION.test(said) && /(?:for|about)$/.test(said));
}

/** "If it rains tomorrow." */
function isHalfSentence(text: string, said: string): boolean {
  const sentence = text.split(/(?<=[.!?])\s+(?=\S)/).at(-1) as string;
  const own = sentence === text ? said : wordsOf(sentence).join(" ");
  return (
    SUBORDINATE.test(own) &&
    !ASKS_WHEN.test(own) &&
    !/,\s*\S/.test(sentence) &&
    own.split(" ").length < LONGEST_CLAUSE_WORDS
  );
}

function endsInShortAnswer(said: string): boolean {
  if (
    QUESTION_WORD.test(said) &&
    /\b(?:want|need|like|do|have|called|named|buy|get|got|say|said|mean|means|see|saw|take|make|made|take|takes|going|meet|met|put|set|send|bring|give)$/.test(
      said,
    )
  )
    return true;
  return SHORT_ANSWER.test(said);
}

/** Short items with commas between, and no "and" before the last. */
function isListOpen(text: string): boolean {
  const parts = text
    .toLowerCase()
    .replace(/[.!?]+\s*$/, "")
    .split(",");
  const items = parts.map((part) => part.trim());
  const endsInComma = items.at(-1) === "";
  if (endsInComma) items.pop();
  if (items.length < 2 || !OPEN_LIST.test(items[0] as string)) return false;
  const last = items.at(-1) as string;
  return wordsOf(last).length <= 2 && !NO_LIST_ITEM.test(last);
}

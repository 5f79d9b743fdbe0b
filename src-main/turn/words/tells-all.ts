import { holdOf } from "./hold-of.ts";
import { wordsOf } from "./words-of.ts";

/** What one may say before the answer itself: "well, I am fine". */
const LEAD_IN = /^(?:(?:oh|well|yes|yeah|no|okay|ok|so|and|but|hi|hello|hey|actually|i think|i guess) )+/;
/** Who or what is somehow: "my name is Anna", "that was great", "I'm fine". */
const IS_SOMEHOW =
  /^(?:(?:i|you|he|she|it|we|they|that|this|there|everything|everybody|(?:my|your|our|his|her|their|the|this|that) \w+) (?:am|is|are|was|were)(?: not)?|(?:i'm|you're|he's|she's|it's|we're|they're|that's|there's)(?: not)?|(?:it|that|he|she|they|we|i|you|this) (?:isn't|aren't|wasn't|weren't)) (?!\d|looking|going|trying|out of)\S+/;
/** Verbs that need nothing after them, or have had it. */
const DOES_SOMETHING =
  /^(?:i|you|he|she|it|we|they|that|this) (?:(?:do not|don't|does not|doesn't|did not|didn't|cannot|can't|can|will|would) )?(?:know|agree|understand|works?|worked|helps?|helped|forgot|remember|see|care|mind|hope so|think so|guess so|lives? (?:in|near) \S+|lived? (?:in|near) \S+|likes? \S+|loves? \S+)(?: (?:it|that|them|now|too|well|again|here|there|today|yet))*$/;
/** An answer with its preposition, its number or its article: "in London", "on Monday", "ten minutes", "the blue one". */
const ANSWERS =
  /^(?:(?:in|on|at|from|to|for|with|near) (?!the$|a$|an$|my$|your$)[a-z]+|(?:\d+|[a-z]+) (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|percent|degrees|dollars|euros|pounds|people|times|miles|kilometers)|the \w+ one|(?:next|last|this) \w+|\w+day(?: (?:morning|afternoon|evening|night))?|both|neither|none|all of them|maybe|perhaps|exactly|correct|wrong|absolutely|certainly|today|tomorrow|yesterday|now|later|never|always|sometimes|nothing|everything|nobody|everybody)$/;
/** Longer statements are often the first of two. */
const MOST_WORDS = 4;

/**
 * Whether the text is a short statement or answer that needs nothing more: "my name is Anna", "it works now", "in London", "ten minutes".
 * English only; false for whatever holds back (see holdOf).
 */
export function tellsAll(text: string): boolean {
  const said = wordsOf(text).join(" ").replace(LEAD_IN, "");
  if (said === "" || said.split(" ").length > MOST_WORDS) return false;
  if (ANSWERS.test(said)) return true;
  return (IS_SOMEHOW.test(said) || DOES_SOMETHING.test(said)) && holdOf(text) === "none";
}

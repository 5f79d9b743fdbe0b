import { TURN_TUNING } from "../turn-tuning.ts";
import { isEcho, isLastWord, isRepeated } from "./is-echo.ts";
import { beginsWithStop, isStopOnly, STOP_BEGINNINGS } from "./stop-phrases.ts";
import { phraseLength, phrasesOf, wordsOf } from "./words-of.ts";

/** What is known of the user's speech over a reply. */
export interface InterruptionEvidence {
  /** What the recognizer makes of it so far; a partial may end in half a word. */
  readonly text: string;
  /** Length of the speech so far. */
  readonly speechMs: number;
  /** The speech has ended: no more words will come. */
  readonly isOver: boolean;
  /** What the assistant said in about the last 6 s, up to now. */
  readonly spokenText: string;
  /** How likely the first word is "stop", 0 to 1; 0 where nobody tells. */
  readonly stopProbability?: number;
  /** How sure the recognizer is of the words, as a natural logarithm; 0 where nobody tells. */
  readonly meanLogProbability?: number;
}

/**
 * What speech over a reply is. "unsure": wait for more. "nothing": a cough, a noise, a filler. "backchannel": the user listens. "echo": the
 * assistant's own words. "stop": be silent at once. "interruption": the user takes the turn.
 */
export type InterruptionJudgement = "unsure" | "nothing" | "backchannel" | "echo" | "stop" | "interruption";

/** Agreement is short; who says only "yeah" and "right" for longer than this wants to speak. */
const LONGEST_BACKCHANNEL_MS = 1_300;
/** Words heard in less speech than this change with the next partial: "okay" begins as "now", "boat" or "oh". */
const RELIABLE_WORDS_MS = 400;
/** The same where the recognizer is not sure of them: "okay" may be "Bokehead" until it is over. The reply is held meanwhile. */
const RELIABLE_DOUBTFUL_WORDS_MS = 800;
/** Nobody says a stop phrase and more in less. */
const SHORTEST_STOP_AND_MORE_MS = 128;
/** Three words and more in less than this are what the recognizer makes of a scrap of echo. */
const SHORTEST_PHRASE_MS = 300;
const PHRASE_WORDS = 3;
/** What is over in less than this is a noise that the recognizer put words to, unless they say stop. */
const SHORTEST_SPEECH_MS = 260;
/**
 * What ends within 180 ms after the reply is held may have been its echo. In 9 of 13 echoes that were words the recognizer was less
 * sure than this, and in a fifth of the short questions and orders, most of which it took for something else.
 */
const SHORTEST_DOUBTFUL_SPEECH_MS = TURN_TUNING.holdAfterMs + 180;
const DOUBTFUL_LOG_PROBABILITY = -0.9;

/** "Stop" takes no longer. */
const LONGEST_STOP_MS = 600;
/**
 * "Stop" over a reply has 0.1 and more in four of five cases in which the words are something else or none; agreement has 0.02 at most, and
 * what is left of the echo 0.005.
 */
const LIKELY_STOP = 0.1;
/** Before the word is over. */
const SURE_STOP = 0.5;

const BACKCHANNELS = phrasesOf(
  "mm hmm, mm hm, mhm, mm, mmm, mmhmm, mhmm, uh huh, aha, ah ha, yeah, yep, yup, ya, yes, yea, right, okay, ok, k, kay, sure, i see, ic, " +
    "got it, gotcha, alright, all right, cool, great, nice, good, wow, really, exactly, of course, go on, makes sense, true, fine, " +
    "perfect, interesting, indeed, i know, sure thing, sounds good, thanks, thank you, very good, that's right, absolutely, definitely",
);
/** What small recognizers make of agreement that stands alone. */
const HEARD_AS_AGREEMENT = phrasesOf("bright, write, wright, rite, boke");
/** What recognizers write for a cough, a breath or a knock, and what people say before they say anything. */
const NOISES = phrasesOf("hm, hmm, hmmm, ah, uh, um, umm, er, erm, eh, oh, ooh, ha, haha, huh, hah, shh, ugh");
/** What they write for nothing at all: single letters, "you", "bye". */
const INVENTED = /^[^\p{L}\d]*(?:(?:\p{L}[^\p{L}\d]+)*\p{L}|you|bye)[^\p{L}\d]*$/iu;

/**
 * Judges speech over a reply by its words, as early as they allow. Every partial may be judged anew; all but "unsure" is meant to be acted
 * upon. Words that only agree are unsure until the speech is over, because more may come ("okay" becomes "okay, enough").
 */
export function judgeInterruption(evidence: InterruptionEvidence): InterruptionJudgement {
  const { text, speechMs, isOver, spokenText } = evidence;
  const words = wordsOf(text);
  if (soundsLikeStop(evidence)) return "stop";
  if (words.length === 0 || INVENTED.test(text)) return isOver ? "nothing" : "unsure";
  const isSaidToStop = isStopOnly(text) && !isRepeated(text, spokenText);
  if (!isSaidToStop && isEcho(text, spokenText)) return "echo";
  if (beginsWithStop(text) || (isOver && isStopOnly(text))) {
    return mayBecomeEcho(evidence) || isMoreThanSaid(evidence) ? "unsure" : "stop";
  }
  const rest = words.slice(agreement(words));
  if (rest.length === 0 || phraseLength(words, 0, HEARD_AS_AGREEMENT) === words.length)
    return judgeAgreement(words, speechMs, isOver);
  if (isOver && isLastWord(text, spokenText)) return "nothing";
  const isScrap = speechMs < shortestSpeechMs(evidence, words.length);
  if (isOver) return isScrap ? "nothing" : "interruption";
  if (isBeginningOfAgreement(rest)) return "unsure";
  const wholeWords = rest.length - 1;
  const reliableMs = isDoubtful(evidence) ? RELIABLE_DOUBTFUL_WORDS_MS : RELIABLE_WORDS_MS;
  return (wholeWords >= 2 && !isScrap) || speechMs >= reliableMs ? "interruption" : "unsure";
}

/** What is over sooner is a noise, or an echo, that the recognizer put so many words to. */
function shortestSpeechMs(evidence: InterruptionEvidence, words: number): number {
  if (isDoubtful(evidence)) return SHORTEST_DOUBTFUL_SPEECH_MS;
  return words < PHRASE_WORDS ? SHORTEST_SPEECH_MS : SHORTEST_PHRASE_MS;
}

function isDoubtful({ meanLogProbability = 0 }: InterruptionEvidence): boolean {
  return meanLogProbability < DOUBTFUL_LOG_PROBABILITY;
}

/** "No ice" for the beginning of "I see". */
function isMoreThanSaid({ text, speechMs, isOver }: InterruptionEvidence): boolean {
  return !isOver && speechMs < SHORTEST_STOP_AND_MORE_MS && !isStopOnly(text);
}

/** One short word that is likely "stop", whatever else it may be, and none of the assistant's words is like it. */
function soundsLikeStop({ stopProbability = 0, speechMs, isOver, spokenText }: InterruptionEvidence): boolean {
  if (speechMs > LONGEST_STOP_MS || stopProbability < (isOver ? LIKELY_STOP : SURE_STOP)) return false;
  return !wordsOf(spokenText).some((word) => STOP_BEGINNINGS.some((beginning) => word.startsWith(beginning)));
}

/** Whether one word is all that was said, in no more time than "stop" takes. */
export function mayBeStop(text: string, speechMs: number): boolean {
  return speechMs <= LONGEST_STOP_MS && wordsOf(text).length <= 1;
}

/** Only the very words the assistant just said: a moment shows whether more of them follow. */
function mayBecomeEcho({ text, speechMs, isOver, spokenText }: InterruptionEvidence): boolean {
  return !isOver && speechMs < RELIABLE_WORDS_MS && isRepeated(text, spokenText);
}

function judgeAgreement(words: readonly string[], speechMs: number, isOver: boolean): InterruptionJudgement {
  const agrees = words.some((_, index) => phraseLength(words, index, [...BACKCHANNELS, ...HEARD_AS_AGREEMENT]) > 0);
  if (!agrees) return isOver ? "nothing" : "unsure";
  if (speechMs > LONGEST_BACKCHANNEL_MS) return "interruption";
  return isOver ? "backchannel" : "unsure";
}

/** How many words at the beginning are agreement or noise. */
function agreement(words: readonly string[]): number {
  let position = 0;
  for (;;) {
    const length = phraseLength(words, position, BACKCHANNELS) || phraseLength(words, position, NOISES);
    if (length === 0) return position;
    position += length;
  }
}

/** Whether these words, the last of which may be cut off, may yet become agreement or nothing: "go", "i s", "ye". */
function isBeginningOfAgreement(words: readonly string[]): boolean {
  const heard = words.join(" ");
  return BACKCHANNELS.some((phrase) => phrase.join(" ").startsWith(heard));
}

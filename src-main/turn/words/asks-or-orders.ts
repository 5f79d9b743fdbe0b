import { holdOf } from "./hold-of.ts";
import { wordsOf } from "./words-of.ts";

const LEAD_IN =
  /^(?:(?:hey|hi|hello|okay|ok|so|and|but|well|um|uh|oh|please|now|then|yes|no|yeah|sorry|excuse me|repartee|also|just) )+/;
const COURTESY = /(?: (?:please|thanks|thank you|now|again|for me))+$/;
const ASKED = /^(?:what|when|where|who|whom|why|how|which|whose)\b/;
const ASKED_SHORTLY = /^(?:what|when|where|who|why|how)'s? \S+/;
const VERB =
  /\b(?:is|are|was|were|am|do|does|did|can|could|will|would|should|shall|may|might|must|has|have|had|wrote|makes?|comes?|means?|won|made|happened|happens|invented|said|lives?|costs?|called|about|long|many|much|s)\b|'s|'re|'ll|'d/;
const INVERTED =
  /^(?:is|are|was|were|am|do|does|did|can|could|will|would|should|shall|may|has|have|isn't|aren't|don't|doesn't|didn't|can't|won't) \S+ \S/;
const ORDER =
  /^(?:set|start|stop|cancel|tell|give|show|play|turn|switch|remind|call|open|close|find|search|add|remove|delete|read|write|send|make|book|order|repeat|say|explain|translate|count|pause|resume|put|check|schedule|wake|help|look|calculate|convert|define|describe|skip|flip|roll|pick|choose|buy|navigate|divide|multiply|increase|lower|raise|spell|ask|invite|deliver|move|take|bring|text|message|email|record|save|update|change|dim|lock|unlock|mute|clear|go|list|name|note|forget|never|create|reset|shut|finish|end|quit|try|wait|pass|order) \S+/;
const WHOLE_ORDER = /^(?:stop|cancel|pause|resume|help|repeat|continue|skip|next|quit|wait|louder|quieter)$/;
/** Answers and farewells that nothing needs to follow. */
const WHOLE_ANSWER =
  /^(?:yes|yeah|yep|no|nope|okay|ok|sure|right|never mind|thank you|thanks|of course|not now|that's all|that will be all|that'll be all|that is all|good (?:morning|afternoon|evening|night)|hello|hi|hey|goodbye|bye)$/;
/** Only whom it is for is there yet: "tell me", "set it". */
const NO_OBJECT = /^\S+ (?:me|us|him|her|it|them|the|up|on|off|out)$/;
const WITH_TIME = /^(?:set|start|make)\b.* (?:timer|alarm|reminder)$/;

/**
 * Whether the text is a complete question, request or short answer, to be followed at once: "what time is it", "set a timer for five
 * minutes", "can you hear me", "yes, please". English only; false for whatever holds back (see holdOf) and for plain statements.
 */
export function asksOrOrders(text: string): boolean {
  const plain = wordsOf(lastSentence(text)).join(" ");
  const said = plain.replace(LEAD_IN, "").replace(COURTESY, "");
  if (WHOLE_ANSWER.test(plain.replace(COURTESY, "")) || WHOLE_ANSWER.test(said)) return true;
  if (said === "" || holdOf(text) !== "none") return false;
  const count = said.split(" ").length;
  if (ASKED.test(said))
    return (
      count >= 4 || (count === 3 && VERB.test(said)) || (count === 2 && ASKED_SHORTLY.test(said) && VERB.test(said))
    );
  if (INVERTED.test(said)) return true;
  if (WHOLE_ORDER.test(said)) return true;
  if (!ORDER.test(said) || WITH_TIME.test(said)) return false;
  return !NO_OBJECT.test(said) || /^(?:turn|switch|wake|shut|look|go) \S+$/.test(said);
}

/** A recognizer ends a sentence at a long pause: what counts is what was said last. */
function lastSentence(text: string): string {
  return text.split(/(?<=[.!?])\s+(?=\S)/).findLast((sentence) => wordsOf(sentence).length > 1) ?? text;
}

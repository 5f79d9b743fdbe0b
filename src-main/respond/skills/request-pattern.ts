/** What a pattern's slots stand for, by name; see {@link compilePattern}. */
const NUMBER = String.raw`(?:minus |negative )?(?:\d+(?:\.\d+)?|\.\d+)`;
const TIME_UNIT = "(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?)";
const AMOUNT = String.raw`(?:\d+(?:\.\d+)?|an?|1 and a half|half an?|half a|a quarter of an|a couple of|a couple|a few)`;
const LENGTH = String.raw`${AMOUNT} (?:of an? )?${TIME_UNIT}(?: and a (?:half|quarter))?`;

/** Matches a length of time in normalized words, for example "1 hour and 20 minutes". */
const DURATION_SOURCE = String.raw`${LENGTH}(?:(?: and)? ${LENGTH})*(?: (?:and )?\d+)?`;

const LABEL_WORD = String.raw`(?!(?:a|an|the|my|i|you|he|she|it|we|they|this|that|what|when|why|how|who|which|if|do|does|did|will|would|should|can|could|was|are|were|has|have|had|said|says|for|to|at|in|of|is|not|and|half|quarter|time|timer|alarm|seconds?|minutes?|hours?|days?|weeks?)\b)[a-z]\w*`;

const SLOTS: Readonly<Record<string, string>> = {
  number: NUMBER,
  other: NUMBER,
  duration: DURATION_SOURCE,
  label: String.raw`${LABEL_WORD}(?: ${LABEL_WORD}){0,2}?`,
  text: String.raw`\S.*?`,
  quantity: String.raw`\S.*?`,
};

/**
 * Compiles a pattern that must explain every word of a request. Words stand for themselves, `(a|b)` for one of several, `[a]` for something
 * optional, `{slot}` for a value: `number`, `other` (a second number), `duration`, `label` (one to three plain words), `text` and `quantity`
 * (anything).
 * The compiled expression matches normalized words with a space after each; slots are its named groups.
 */
export function compilePattern(pattern: string): RegExp {
  const source = pattern
    .match(/[()[\]|]|\{\w+\}|[^\s()[\]|{}]+/g)
    ?.map((piece) => {
      if (piece === "(" || piece === "[") return "(?:";
      if (piece === "]") return ")?";
      if (piece === ")" || piece === "|") return piece;
      if (!piece.startsWith("{")) return `${piece} `;
      const slot = piece.slice(1, -1);
      const values = SLOTS[slot];
      if (values === undefined) throw new Error(`no slot is called ${slot}`);
      return `(?<${slot}>${values}) `;
    })
    .join("");
  return new RegExp(`^${source}$`);
}

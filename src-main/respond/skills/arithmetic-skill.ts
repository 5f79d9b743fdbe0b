import { loadMathEngine } from "./math-engine.ts";
import { roundToSay, sayNumber } from "./say.ts";
import type { Skill, SkillAnswer } from "./skill.ts";

const N = String.raw`(\(?-?\d+(?:\.\d+)?(?:\/\d+)?\)?)`;
const SHARES = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
/** A percentage of all that is before it. */
const ADDED_PERCENT = new RegExp(`^(.+) (plus|minus) ${N} percent`);

/** Spoken arithmetic as a formula, in this order. */
const REWRITES: readonly (readonly [pattern: RegExp, replacement: string | ((...match: string[]) => string)])[] = [
  [/\b(\d+) (\d+\/\d+)(?![\d/])/g, "($1+$2)"],
  [/(?<![\d./+])(\d+\/\d+)(?![\d/])/g, "($1)"],
  [
    new RegExp(`\\b(an?|\\d+) (${SHARES.join("|")})s?\\b`, "g"),
    (_, count = "", share = "") => `(${Number(count) || 1}/${SHARES.indexOf(share) + 2})`,
  ],
  [/(?<=\d) (?:dollars|euros|pounds|bucks|cents)\b/g, ""],
  [/^(?:the|an?) (?=\d+ percent)/g, ""],
  [/(?<=percent) tip (?:on|for|of) (?:an? )?/g, " of "],
  [/\b(?:the )?(?:result|answer|value|sum total) (?:of|to) /g, ""],
  [/ (?:equals?|make|makes|is|be|come to|equal to)(?: what)?$/g, ""],
  [/^(?:minus|negative) (?=\d)/g, "-"],
  [/(?<=(?:plus|minus|times|by|over|of|and|multiplied by) )(?:minus|negative) (?=\d)/g, "-"],
  [/^add (.+) (?:and|to|with) (.+)$/g, "($2) plus ($1)"],
  [/^(?:subtract|take|take away|deduct) (.+) (?:away )?from (.+)$/g, "($2) minus ($1)"],
  [/^multiply (.+) (?:by|and|with|times) (.+)$/g, "($1) times ($2)"],
  [/^divide (.+) (?:by|into) (.+)$/g, "($1) divided by ($2)"],
  [/^square (?!root)(.+)$/g, "($1) squared"],
  [/\b(?:the )?sum of (.+) and (.+)$/g, "($1) plus ($2)"],
  [/\b(?:the )?product of (.+) and (.+)$/g, "($1) times ($2)"],
  [/\b(?:the )?difference (?:of|between) (.+) and (.+)$/g, "abs(($1) minus ($2))"],
  [new RegExp(`(?:the )?(?:square|squared) (?:root|route|rude) (?:of |to )?${N}`, "g"), "sqrt($1)"],
  [new RegExp(`(?:the )?(?:cube|cubic) (?:root|route) (?:of )?${N}`, "g"), "cbrt($1)"],
  [new RegExp(`(?:the )?root (?:of )?${N}`, "g"), "sqrt($1)"],
  [new RegExp(`(?:the )?square of ${N}`, "g"), "(($1)^2)"],
  [new RegExp(`(?:the )?cube of ${N}`, "g"), "(($1)^3)"],
  [new RegExp(`(?:the )?factorial (?:of )?${N}`, "g"), "factorial($1)"],
  [new RegExp(`${N} factorial`, "g"), "factorial($1)"],
  [new RegExp(`${N} percent off(?: of)? ${N}`, "g"), "($2*(1-$1/100))"],
  [new RegExp(`${N} (?:percent|percentage) (?:of|from) ${N}`, "g"), "($1/100*$2)"],
  [ADDED_PERCENT, addPercent],
  [new RegExp(`${N} percent`, "g"), "($1/100)"],
  [/\bhalf (?:of )?(?=[\d(])/g, "1/2*"],
  [/([\d)]) of (?=[\d(])/g, "$1*"],
  [/\b(?:double|twice) (?=[\d(])/g, "2*"],
  [/\btriple (?=[\d(])/g, "3*"],
  [/\bmultiplied by\b|\btimes\b|\btime\b|\btimed by\b|\bx\b/g, "*"],
  [/\bdivided by\b|\bover\b|\bdivide by\b/g, "/"],
  [/\b(?:raised )?(?:to|2) the (?:power of|power)\b|\bto the power\b|\braised to\b/g, "^"],
  [/\bto the (\d+)(?:st|nd|rd|th)(?: power)?\b/g, "^$1"],
  [/\bto the (second|third|fourth|fifth) power\b/g, "^$1"],
  [/\^second\b/g, "^2"],
  [/\^third\b/g, "^3"],
  [/\bfourth\b/g, "4"],
  [/\bfifth\b/g, "5"],
  [/\bsquared\b/g, "^2"],
  [/\bcubed\b/g, "^3"],
  [/\b(?:plus|and|added to)\b/g, "+"],
  [/\b(?:minus|less|take away|subtract)\b/g, "-"],
  [/\b(?:modulo|mod)\b/g, "%"],
  [/\bpi\b/g, "3.141592653589793"],
];
const FORMULA = /^(?:\d+(?:\.\d+)?|\.\d+|sqrt|cbrt|factorial|abs|[-+*/^%() ])+$/;
const OPERATION = /\d[^\d]*[-+*/^%]|sqrt|cbrt|factorial|abs/;
const TWO_NUMBERS_IN_A_ROW = /[\d)]\s+[\d.(]/;
const MOST_DIGITS = 12;
/** What the floating point adds to a result. */
const MOST_NOISE_RATIO = 1e-14;
const LONGEST_FORMULA = 200;

/** Calculates. */
export const arithmeticSkill: Skill = {
  triggers: [
    "times",
    "plus",
    "minus",
    "divided by",
    "percent of",
    "percent",
    "square root of",
    "squared",
    "cubed",
    "calculate",
    "multiplied by",
    "half of",
  ],
  intents: [
    {
      patterns: [
        "(what|which) (percent|percentage) of {number} is {other}",
        "{other} is (what|which) (percent|percentage) of {number}",
        "(what|which) (percent|percentage) is {other} (of|out of|from) {number}",
        "[what is] {other} (of|out of) {number} (in|as) [a] (percent|percentage)",
      ],
      answer: ({ number, other }) => {
        const percent = (Number(other) / Number(number)) * 100;
        return Number.isFinite(percent) ? { say: sayResult(percent, " percent") } : undefined;
      },
    },
    {
      patterns: [
        "(what|whats|how much) (is|are|in|does|would|do|will|if) [be] {text}",
        "(calculate|compute|work out|figure out|evaluate|solve|do|find|whats) [what is] {text}",
        "(what|how much|and) {text}",
        "{text}",
      ],
      answer: ({ text = "" }) => calculate(text),
    },
  ],
};

async function calculate(text: string): Promise<SkillAnswer | undefined> {
  const formula = toFormula(text);
  if (formula === undefined) return undefined;
  const { evaluate } = await loadMathEngine();
  let value: unknown;
  try {
    value = evaluate(formula);
  } catch {
    return undefined;
  }
  if (typeof value !== "number") return { say: "That has no real result." };
  if (Number.isNaN(value)) return { say: "That has no result." };
  if (!Number.isFinite(value))
    return {
      say: /\/\s*\(?0(?:\.0*)?(?![\d.])/.test(formula)
        ? "Nothing can be divided by zero."
        : "That is too large for me.",
    };
  return { say: sayResult(value) };
}

function sayResult(value: number, unit = ""): string {
  const result = Number.isInteger(value) ? value : Number(value.toPrecision(MOST_DIGITS));
  const isExact = Math.abs(roundToSay(result) - value) <= Math.abs(value) * MOST_NOISE_RATIO;
  return `That is ${isExact ? "" : "about "}${sayNumber(result)}${unit}.`;
}

/** The formula that a text says, or undefined when it says anything else. */
function toFormula(text: string): string | undefined {
  let formula = text;
  for (const [pattern, replacement] of REWRITES)
    formula =
      typeof replacement === "string" ? formula.replace(pattern, replacement) : formula.replace(pattern, replacement);
  if (formula.length > LONGEST_FORMULA || !FORMULA.test(formula) || !OPERATION.test(formula)) return undefined;
  return TWO_NUMBERS_IN_A_ROW.test(formula) ? undefined : formula;
}

function addPercent(_: string, base = "", sign = "", percent = ""): string {
  return `((${base.replace(ADDED_PERCENT, addPercent)})*(100 ${sign} ${percent})/100)`;
}

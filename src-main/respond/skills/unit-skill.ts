import { loadMathEngine, type MathEngine } from "./math-engine.ts";
import { sayNumber } from "./say.ts";
import type { Skill, SkillAnswer, Slots } from "./skill.ts";
import { findUnit, UNIT_TRIGGERS, type SpokenUnit } from "./units.ts";

/** Converts units. */
export const unitSkill: Skill = {
  triggers: ["convert", "how many", "how much", "degrees", ...UNIT_TRIGGERS],
  intents: [
    {
      patterns: [
        "how (many|much) {text} (is|are|in|make|makes|equal|equals|go into|fit in|fit into|does) [there] [in] {quantity}",
        "how (many|much) {text} (are there|is there|is it|are|is|does it take|do you get) (in|to|from|to make) {quantity}",
        "how (many|much) {text} (would|will|do|does|can|could) {quantity} (be|make|equal)",
        "(what|how much|how long|how far|how hot|how cold|how heavy|how fast|how warm|how tall) (is|are|in) {quantity} (in|to|into|as) {text}",
        "(convert|change|turn|translate|converts|make) {quantity} (to|into|in|2|as|from) {text}",
        "{quantity} (in|to|into|as|equals how many|is how many|2) {text}",
        "what is {quantity} (converted to|converted into|expressed in) {text}",
        "{text} in {quantity}",
      ],
      answer: convert,
    },
  ],
};

/** One amount of a unit inside a quantity: "5 feet", "a liter", "half a mile", or a number alone after feet or pounds. */
const PART =
  /(half an?|half|a|an|the|(?:minus |negative )?(?:\d+(?:\.\d+)?|\.\d+))(?: (?:of )?((?:(?!and\b)[a-z]+ ?)+?))?(?=$| and | \d)/g;
const SMALLER_UNITS: Readonly<Record<string, string>> = { foot: "inch", lb: "oz", stone: "lb" };
/** What plain degrees are where a temperature is asked for. */
const OTHER_SCALE: Readonly<Record<string, string>> = { degC: "fahrenheit", degF: "celsius" };

async function convert({ text = "", quantity = "" }: Slots): Promise<SkillAnswer | undefined> {
  const [to, rest, ...others] = text
    .replace(/ (?:are|is) there$/, "")
    .split(" and ")
    .map(findUnit);
  if (!to || others.length > 0 || (rest === undefined && text.includes(" and "))) return undefined;
  const parts = readQuantity(quantity)?.map((part) => ({ ...part, unit: scaleOf(part.unit, to) }));
  if (!parts || (!rest && parts.every(({ unit }) => unit === to))) return undefined;
  const engine = await loadMathEngine();
  let total = 0;
  for (const { count, unit } of parts) {
    const value = convertCount(engine, count, unit.symbol, to.symbol);
    if (value === undefined) return undefined;
    total += value;
  }
  const said = parts.map(({ count, unit }) => sayAmount(count, unit)).join(" ");
  const verb = parts[0]?.count === 1 || /^(?:deg[CF]|K)$/.test(to.symbol) ? "is" : "are";
  const result = rest ? sayInTwo(engine, total, to, rest) : sayAmount(roundResult(total), to);
  return result === undefined ? undefined : { say: `${said} ${verb} ${result}.` };
}

/** "5 feet 10.87 inches"; undefined when the second unit is not a smaller one of the same kind. */
function sayInTwo(engine: MathEngine, total: number, unit: SpokenUnit, smaller: SpokenUnit): string | undefined {
  const size = convertCount(engine, 1, unit.symbol, smaller.symbol);
  if (size === undefined || size <= 1) return undefined;
  const exactSize = Number(size.toPrecision(12));
  const all = Number((total * exactSize).toFixed(2));
  const whole = Math.floor(all / exactSize);
  const left = sayAmount(Number((all - whole * exactSize).toFixed(2)), smaller);
  return whole === 0 ? left : `${sayAmount(whole, unit)} ${left}`;
}

function readQuantity(quantity: string): { readonly count: number; readonly unit: SpokenUnit }[] | undefined {
  const parts: { count: number; unit: SpokenUnit }[] = [];
  const alone = findUnit(quantity);
  if (alone) return [{ count: 1, unit: alone }];
  const plain = quantity.replace(/^(an?|\d+) ([a-z][a-z ]*) and a half$/, (_, count: string, words: string) => {
    return `${toNumber(count) + 0.5} ${words}`;
  });
  let rest = plain;
  for (const [matched, amount = "", words = ""] of plain.matchAll(PART)) {
    const last = parts.at(-1);
    const unit = words === "" ? findSmallerUnit(last?.unit) : findUnit(words.trim());
    if (!unit) return undefined;
    parts.push({ count: toNumber(amount), unit });
    rest = rest.replace(matched, "");
  }
  return /^(?: |and)*$/.test(rest) && parts.length > 0 ? parts : undefined;
}

function scaleOf(unit: SpokenUnit, to: SpokenUnit): SpokenUnit {
  return (unit.symbol === "deg" ? findUnit(OTHER_SCALE[to.symbol] ?? "") : undefined) ?? unit;
}

function findSmallerUnit(unit: SpokenUnit | undefined): SpokenUnit | undefined {
  const symbol = unit && SMALLER_UNITS[unit.symbol];
  return symbol === undefined ? undefined : findUnit(symbol);
}

function toNumber(amount: string): number {
  if (amount.startsWith("half")) return 0.5;
  if (/^(?:an?|the)$/.test(amount)) return 1;
  return Number(amount.replace(/^(?:minus|negative) /, "-"));
}

/** Undefined when the units do not measure the same. An ounce is one of volume where the other unit is. */
function convertCount(engine: MathEngine, count: number, from: string, to: string): number | undefined {
  for (const ounce of ["oz", "floz"]) {
    const [source, sourceFactor] = splitSymbol(from.replace(/^oz$/, ounce));
    const [target, targetFactor] = splitSymbol(to.replace(/^oz$/, ounce));
    const quantity = engine.unit(count * sourceFactor, source);
    if (quantity.equalBase(engine.unit(target))) return quantity.toNumber(target) / targetFactor;
  }
  return undefined;
}

function splitSymbol(symbol: string): readonly [unit: string, factor: number] {
  const [, factor = "1", unit = symbol] = /^(\d[\d.]*) (.+)$/.exec(symbol) ?? [];
  return [unit, Number(factor)];
}

/** Two decimals for what is not small, three digits for what is. */
function roundResult(value: number): number {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value);
  return size >= 1 ? Number(value.toFixed(2)) : Number(value.toPrecision(3));
}

function sayAmount(count: number, unit: SpokenUnit): string {
  return `${sayNumber(count)} ${count === 1 ? unit.singular : unit.plural}`;
}

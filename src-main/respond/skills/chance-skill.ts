import { sayCount, sayList, sayNumber } from "./say.ts";
import type { Skill, SkillAnswer } from "./skill.ts";

const MOST_THROWS = 20;
const LARGEST_DIE = 1000;
const ROLL = "(roll|throw|cast|toss|rolled|rolling) [for] [me]";

/** Flips coins, rolls dice and picks numbers. */
export const chanceSkill: Skill = {
  triggers: [
    "flip a coin",
    "toss a coin",
    "flip",
    "flip a",
    "coin",
    "heads or tails",
    "roll a dice",
    "roll a",
    "roll",
    "dice",
    "die",
    "pick a number",
    "number",
    "random number",
    "sided",
  ],
  intents: [
    {
      patterns: [
        "(flip|toss|throw|spin|flick) [me] [a|the|another] coin [again]",
        "[a] coin (flip|toss)",
        "(do|make) a coin (flip|toss)",
        "[pick|choose|is it] heads or tails",
      ],
      answer: (_, { random }) => ({ say: `It is ${random() < 0.5 ? "heads" : "tails"}.` }),
    },
    {
      patterns: ["(flip|toss|throw) {number} coins"],
      answer: ({ number }, { random }) => {
        const count = readCount(number);
        if (count === undefined) return undefined;
        const heads = Array.from({ length: count }, random).filter((value) => value < 0.5).length;
        return { say: `That is ${sayCount(heads, "head")} and ${sayCount(count - heads, "tail")}.` };
      },
    },
    {
      patterns: [`${ROLL} [a|the|another|some|my|1] (dice|die)`, "[a] dice (roll|throw)", "(dice|die)"],
      answer: (_, { random }) => roll(1, 6, random),
    },
    {
      patterns: [`${ROLL} {number} (dice|die|dices)`, `${ROLL} a (pair|couple) of (dice|die)`],
      answer: ({ number = "2" }, { random }) => rollMany(number, "6", random),
    },
    {
      patterns: [`${ROLL} [a|the|another|1] d {number}`, `${ROLL} [a|the|another|1] {number} sided (die|dice)`],
      answer: ({ number }, { random }) => rollMany("1", number, random),
    },
    {
      patterns: [`${ROLL} {number} d {other}`, `${ROLL} {number} {other} sided (dice|die)`],
      answer: ({ number, other }, { random }) => rollMany(number, other, random),
    },
    {
      patterns: [
        "(pick|choose|generate|give me|think of|name|say|select|i need|take) [a|any] [random|another] number (between|from) {number} (and|to|2|through) {other}",
        "[a] [random] number (between|from) {number} (and|to|2|through) {other}",
      ],
      answer: ({ number, other }, { random }) => pick(Number(number), Number(other), random),
    },
    {
      patterns: ["(pick|choose|generate|give me|think of|select|i need) [a|any] [random] number", "[a] random number"],
      answer: (_, { random }) => pick(1, 100, random),
    },
  ],
};

function rollMany(dice: string | undefined, sides: string | undefined, random: () => number): SkillAnswer | undefined {
  const count = readCount(dice);
  const size = Number(sides);
  if (count === undefined || !Number.isInteger(size) || size < 2 || size > LARGEST_DIE) return undefined;
  return roll(count, size, random);
}

function roll(count: number, sides: number, random: () => number): SkillAnswer {
  const values = Array.from({ length: count }, () => 1 + Math.floor(random() * sides));
  const total = values.reduce((sum, value) => sum + value, 0);
  if (count === 1) return { say: `It is ${withArticle(total)}.` };
  return { say: `${sayList(values.map(sayNumber))}, which makes ${sayNumber(total)}.` };
}

function pick(first: number, last: number, random: () => number): SkillAnswer | undefined {
  const [low, high] = [Math.ceil(Math.min(first, last)), Math.floor(Math.max(first, last))];
  if (!(high > low)) return undefined;
  return { say: `${sayNumber(low + Math.floor(random() * (high - low + 1)))}.` };
}

function readCount(number: string | undefined): number | undefined {
  const count = Number(number);
  return Number.isInteger(count) && count >= 1 && count <= MOST_THROWS ? count : undefined;
}

function withArticle(value: number): string {
  return `${/^(?:8|11|18|8\d|8\d\d)$/.test(String(value)) ? "an" : "a"} ${sayNumber(value)}`;
}

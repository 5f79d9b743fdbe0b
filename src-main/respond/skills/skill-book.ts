import { setImmediate } from "node:timers/promises";
import { alarmSkill } from "./alarm-skill.ts";
import { arithmeticSkill } from "./arithmetic-skill.ts";
import { calendarSkill } from "./calendar-skill.ts";
import { changeTimersSkill } from "./change-timers-skill.ts";
import { chanceSkill } from "./chance-skill.ts";
import { clockSkill } from "./clock-skill.ts";
import { mannersSkill } from "./manners-skill.ts";
import { NearMisses } from "./near-misses.ts";
import { CLAUSE_MARK, hasPicture, normalizeRequest, stripPoliteness } from "./normalize-request.ts";
import { compilePattern } from "./request-pattern.ts";
import { runningTimersSkill } from "./running-timers-skill.ts";
import type { Intent, Situation, Skill, SkillAnswer } from "./skill.ts";
import { timerSkill } from "./timer-skill.ts";
import { unitSkill } from "./unit-skill.ts";
import { voiceSkill } from "./voice-skill.ts";

/** Every skill, tried in this order. */
const SKILLS: readonly Skill[] = [
  mannersSkill,
  changeTimersSkill,
  timerSkill,
  runningTimersSkill,
  alarmSkill,
  clockSkill,
  calendarSkill,
  voiceSkill,
  chanceSkill,
  unitSkill,
  arithmeticSkill,
];
/** Two readings of a misheard request that are this close compete, so that neither is taken. */
const CLEAR_LEAD = 0.06;
/** Farther from what was heard, a request that lacks something is not asked about. */
const MOST_DISTANT_QUESTION = 0.25;
/** The main loop gets its turn after so many. */
const CANDIDATES_AT_A_TIME = 24;
const MOST_CLAUSES = 6;
const JOINTS = new Set([CLAUSE_MARK, "and", "then", "also"]);
/** A clause with one of these changes what its neighbour means, which therefore can not be answered on its own. */
const CONDITION = /\b(?:if|when|whenever|unless|until|because|while|once|after|before|but|not|never|except|instead)\b/;
/** So does a clause before, when it has one of these. */
const QUOTATION =
  /\b(?:say|says|said|tells?|told|asks?|asked|called|means?|suppose|imagine|song|movie|book|story|word|spell|translate)\b/;

/** What the skills make of a request. */
export interface BookAnswer extends SkillAnswer {
  /** The part of the request that no skill understands; empty for none. */
  readonly rest: string;
}

/** One way in which a request is understood. */
interface Reading {
  readonly answer: SkillAnswer;
  /** What was understood and with which values. */
  readonly meaning: string;
  /** Says nothing about what is wanted: a greeting, thanks. */
  readonly isManners: boolean;
}

interface Entry {
  readonly id: number;
  readonly expressions: readonly RegExp[];
  readonly answer: Intent["answer"];
  readonly isManners: boolean;
}

const ENTRIES: readonly Entry[] = SKILLS.flatMap((skill) =>
  skill.intents.map((intent) => ({ intent, isManners: skill === mannersSkill })),
).map(({ intent, isManners }, id) => toEntry(intent, id, isManners));
const NEAR_MISSES = new NearMisses(SKILLS.flatMap(({ triggers }) => triggers));

/**
 * Answers what a skill understands: the request as a whole as it was heard, else its clauses one by one, else what it sounds like, else one
 * of its clauses and the others as `rest`. Undefined when nothing of it is understood. `followUps` are tried first. Without side effects.
 */
export async function answerWithSkills(
  text: string,
  situation: Situation,
  followUps: readonly Intent[],
): Promise<BookAnswer | undefined> {
  const words = normalizeRequest(text);
  if (words.length === 0 && !hasPicture(text)) return { say: "", rest: "" };
  const reader = new Reader(situation, followUps);
  const clauses = splitClauses(words);
  const readings =
    (await reader.readAll(clauses, (clause) => reader.readAsHeard(clause))) ??
    (await reader.readAll(clauses, async (clause) => (await reader.readAsHeard(clause)) ?? reader.readMended(clause)));
  if (readings) return { ...join(readings), rest: "" };
  return reader.readPart(clauses);
}

class Reader {
  readonly #situation: Situation;
  readonly #entries: readonly Entry[];

  constructor(situation: Situation, followUps: readonly Intent[]) {
    this.#situation = situation;
    this.#entries = [...followUps.map((intent, index) => toEntry(intent, -1 - index, false)), ...ENTRIES];
  }

  /** Reads every clause, several as one where that can be, the longest first. */
  async readAll(
    clauses: readonly (readonly string[])[],
    read: (words: readonly string[]) => Promise<Reading | undefined>,
  ): Promise<readonly Reading[] | undefined> {
    if (clauses.length > MOST_CLAUSES) return undefined;
    for (let end = clauses.length; end > 0; end--) {
      const first = await read(unite(clauses.slice(0, end)));
      if (!first) continue;
      const others = end === clauses.length ? [] : await this.readAll(clauses.slice(end), read);
      if (others) return [first, ...others];
    }
    return undefined;
  }

  async readAsHeard(words: readonly string[]): Promise<Reading | undefined> {
    const plain = stripPoliteness(words);
    return (await this.#read(words)) ?? (plain.length < words.length ? this.#read(plain) : undefined);
  }

  /**
   * The reading that sounds most like the request, unless one that means something else sounds nearly as much like it. One that only leads to
   * a question gives way to one that needs none.
   */
  async readMended(words: readonly string[]): Promise<Reading | undefined> {
    const readings: Reading[] = [];
    let farthest = Infinity;
    for (const [index, candidate] of NEAR_MISSES.mend(stripPoliteness(words)).entries()) {
      if (candidate.distance > farthest) break;
      if (index % CANDIDATES_AT_A_TIME === CANDIDATES_AT_A_TIME - 1) await setImmediate();
      const reading = await this.readAsHeard(candidate.words);
      if (!reading || (reading.answer.followUps && candidate.distance > MOST_DISTANT_QUESTION)) continue;
      readings.push(reading);
      farthest = Math.min(farthest, candidate.distance + CLEAR_LEAD);
    }
    const complete = readings.filter(({ answer }) => !answer.followUps);
    const [best, ...rivals] = complete.length > 0 ? complete : readings;
    return rivals.some((rival) => best && !isSame(best, rival)) ? undefined : best;
  }

  /** Answers the clauses before or after those that are not understood, if that can be done without guessing. */
  async readPart(clauses: readonly (readonly string[])[]): Promise<BookAnswer | undefined> {
    if (clauses.length < 2 || clauses.length > MOST_CLAUSES) return undefined;
    for (let count = clauses.length - 1; count > 0; count--) {
      for (const [done, left, isBefore] of [
        [clauses.slice(0, count), clauses.slice(count), false],
        [clauses.slice(-count), clauses.slice(0, -count), true],
      ] as const) {
        const rest = stripPoliteness(unite(left)).join(" ");
        const words = stripPoliteness(unite(done));
        const isJoined = words.length > 1 && JOINTS.has((isBefore ? done : left)[0]?.[0] ?? "");
        if (CONDITION.test(rest) || (isBefore && QUOTATION.test(rest))) continue;
        const reading = await this.readAsHeard(words);
        if (reading && !reading.isManners && (reading.answer.run || isJoined)) return { ...reading.answer, rest };
      }
    }
    return undefined;
  }

  async #read(words: readonly string[]): Promise<Reading | undefined> {
    const request = `${words.join(" ")} `;
    for (const { id, expressions, answer, isManners } of this.#entries) {
      for (const expression of expressions) {
        const match = expression.exec(request);
        const found = match && (await answer({ ...match.groups }, this.#situation));
        if (found) return { answer: found, meaning: JSON.stringify([id, match.groups]), isManners };
      }
    }
    return undefined;
  }
}

function isSame(one: Reading, other: Reading): boolean {
  return one.meaning === other.meaning || one.answer.say === other.answer.say;
}

/** Cuts at commas, sentence ends and joining words. A joining word stays at the beginning of its clause. */
function splitClauses(words: readonly string[]): readonly (readonly string[])[] {
  const clauses: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    if (JOINTS.has(word) && index > 0 && !JOINTS.has(words[index - 1] ?? "")) clauses.push([]);
    if (word !== CLAUSE_MARK) clauses.at(-1)?.push(word);
  }
  return clauses.filter((clause) => clause.length > 0);
}

function unite(clauses: readonly (readonly string[])[]): readonly string[] {
  return clauses.flat();
}

function join(readings: readonly Reading[]): SkillAnswer {
  const answers = readings.map(({ answer }) => answer);
  const runs = answers.flatMap(({ run }) => run ?? []);
  const followUps = answers.findLast((answer) => answer.followUps)?.followUps;
  return {
    say: answers
      .map(({ say }) => say)
      .filter((say) => say !== "")
      .join(" "),
    ...(runs.length > 0 && { run: () => runs.forEach((run) => run()) }),
    ...(followUps && { followUps }),
  };
}

function toEntry({ patterns, answer }: Intent, id: number, isManners: boolean): Entry {
  return { id, expressions: patterns.map(compilePattern), answer, isManners };
}

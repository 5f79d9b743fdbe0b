import type { Timer } from "../timer-store.ts";
import { sayLeft } from "./find-timers.ts";
import { soundDistance, MOST_DISTANT_ALIKE } from "./near-misses.ts";
import { parseDuration } from "./parse-duration.ts";
import { sayDuration } from "./say.ts";
import type { Intent, Situation, Skill, SkillAnswer } from "./skill.ts";

/** The verbs that start something. */
export const START =
  "(set|start|create|make|begin|i would like|how about|put|run|add|give|get|i need|need|i want|want|do|use|have|sent|turn on|start off) [up|on|me|us|running|it] [a|an|the|my|another|one|at|it]";
/** What a timer or an alarm does when it is due. */
export const GOES_OFF = "[to go off|that goes off|to ring|that rings|to end|that ends]";
const ABOUT = "[for|of|at|with|to|lasting] [about|around|like|exactly|another]";
/** Is an answer to "What about?", but nothing to be reminded of. */
const NO_TASK =
  /^(?:no|none|nothing|never|nevermind|not|forget|leave|stop|cancel|quit|ok|okay|yes|yeah|thanks|thank|great|good|fine|alright|right|cool|hello|repeat|pardon|sorry)\b/;
const LONGEST_MS = 366 * 86_400_000;

/** Sets timers and reminders that count from now. */
export const timerSkill: Skill = {
  triggers: [
    "set a",
    "set an",
    "set the",
    "set my",
    "start a",
    "set a timer",
    "start a timer",
    "timer",
    "timers",
    "timer for",
    "remind me",
    "pasta timer",
    "minutes",
    "minute",
    "seconds",
    "hours",
  ],
  intents: [
    {
      patterns: [
        "(set|start|create|make|give me|i need|i want) {number} timers",
        "(set|start|create|make|give me|i need|i want) {number} timers {text}",
      ],
      answer: ({ number }) => (number === "1" ? undefined : askLength("", "I can set one timer at a time.")),
    },
    {
      patterns: [
        `${START} [new|countdown] timer ${ABOUT} {duration} [timer|long|from]`,
        `${START} [new] {duration} [long] (timer|countdown|countdown timer|timers)`,
        `${START} [new] countdown (for|of|from) {duration}`,
        `[a|an|the|new|another] [countdown] timer ${ABOUT} {duration}`,
        `[a|an|another] {duration} timer`,
        "(time|count down|countdown|count) [me] (for|from) {duration}",
        `${START} (time|timing) (for|of) {duration}`,
        `for {duration} (set|start) a timer`,
        `${START} [new] timer ${GOES_OFF} (in|after) {duration} [from]`,
      ],
      answer: ({ duration = "" }, situation) => startTimer("", duration, situation),
    },
    {
      patterns: [
        `${START} {duration} {label} timer`,
        `${START} {label} timer ${ABOUT} {duration}`,
        `${START} {duration} timer (for|called|named|labeled|labelled) [the|my] {label}`,
        `${START} timer (called|named|labeled|labelled) {label} (for|of|at|with) {duration}`,
        `${START} timer (for|of) {duration} (for|called|named|labeled|labelled) [the|my] {label}`,
        `${START} timer for [the|my] {label} (for|of|at|in) {duration}`,
        `[a|an|the|my] {label} timer ${ABOUT} {duration}`,
        `{duration} {label} timer`,
      ],
      answer: ({ label = "", duration = "" }, situation) => startTimer(label, duration, situation),
    },
    {
      patterns: [
        "remind me [again] (in|after) [about] {duration} [from] [to|that|about] {text}",
        "remind me (to|about|that) {text} (in|after) [about] {duration} [from]",
        "(in|after) {duration} remind me [to|about|that] {text}",
        `${START} [new] reminder (in|for|after) {duration} [from] (to|that|about|of) {text}`,
        `${START} [new] reminder (to|about|that|of) {text} (in|after) [about] {duration} [from]`,
      ],
      answer: ({ text = "", duration = "" }, situation) => remindIn(parseDuration(duration), text, situation),
    },
    {
      patterns: [
        "remind me [again] (in|after) [about] {duration} [from]",
        "(in|after) {duration} remind me",
        `${START} [new] reminder (for|in|after) [about] {duration} [from]`,
      ],
      answer: ({ duration = "" }, situation) => remindIn(parseDuration(duration), "", situation),
    },
    {
      patterns: [
        "(alert|notify|buzz|ping|beep|tell|call) me [again] (in|after) [about] {duration} [from]",
        "(tell me|let me know) when {duration} (is|are|have) (up|over|passed)",
        "let me know (in|after|when) [about] {duration} [from|have passed|is over|are over|is up|are up]",
      ],
      answer: ({ duration = "" }, situation) => startTimer("", duration, situation),
    },
    {
      patterns: [`${START} [new] timer (for|of) {number}`, `${START} {label} timer (for|of) {number}`],
      answer: ({ label = "", number = "" }) => askUnit(cleanLabel(label), number),
    },
    {
      patterns: [
        `${START} [new] timer`,
        "[a|new] timer",
        "(time|set) me",
        `${START} timer for [the|my] {label}`,
        `${START} {label} timer`,
      ],
      answer: ({ label = "" }) => askLength(cleanLabel(label)),
    },
  ],
};

function startTimer(label: string, duration: string, { timers, nowMs }: Situation): SkillAnswer {
  const lengthMs = parseDuration(duration);
  if (!isPossible(lengthMs)) return askLength(cleanLabel(label), "That is not a length I can count.");
  const timer: Omit<Timer, "id"> = { kind: "timer", label: cleanLabel(label), dueAtMs: nowMs + lengthMs, lengthMs };
  const name = timer.label === "" ? "timer" : `${timer.label} timer`;
  return { say: `Your ${name} is set for ${sayDuration(lengthMs)}.`, run: () => timers.set(timer) };
}

/** Without a task it reminds all the same, and asks for one. */
function remindIn(lengthMs: number, task: string, { timers, nowMs }: Situation): SkillAnswer | undefined {
  if (!isPossible(lengthMs)) return undefined;
  const reminder = { kind: "reminder", label: turnRound(task), dueAtMs: nowMs + lengthMs, lengthMs } as const;
  const answer = { say: `I will remind you in ${sayDuration(lengthMs)}.`, run: () => timers.set(reminder) };
  return task === "" ? { ...answer, say: `${answer.say} What about?`, followUps: [nameReminder(reminder)] } : answer;
}

function nameReminder({ dueAtMs, lengthMs }: Pick<Timer, "dueAtMs" | "lengthMs">): Intent {
  return {
    patterns: ["[remind me|it is] (to|about|that|of) {text}", "(the|my) {quantity}", "{label}"],
    answer: ({ text, quantity, label = "" }, { timers, nowMs }) => {
      const task = text ?? (quantity === undefined ? label : `the ${quantity}`);
      const unnamed = timers.timers.find(
        (timer) => timer.kind === "reminder" && timer.label === "" && timer.dueAtMs === dueAtMs,
      );
      if (!unnamed || NO_TASK.test(task)) return undefined;
      const named: Omit<Timer, "id"> = { kind: "reminder", label: turnRound(task), dueAtMs, lengthMs };
      return {
        say: sayLeft({ ...named, id: unnamed.id }, nowMs),
        run: () => {
          timers.cancel(unnamed.id);
          timers.set(named);
        },
      };
    },
  };
}

function askLength(label: string, before = ""): SkillAnswer {
  const question = label === "" ? "For how long?" : `How long should the ${label} timer be?`;
  const followUp: Intent = {
    patterns: [
      `[yes|ok|okay|make it|set it|it should be|it is|make that|say|let us say] ${ABOUT} {duration} [long|timer|is fine]`,
    ],
    answer: ({ duration = "" }, situation) => startTimer(label, duration, situation),
  };
  const bareNumber: Intent = {
    patterns: [`[make it|say] ${ABOUT} {number}`],
    answer: ({ number = "" }) => askUnit(label, number),
  };
  return { say: `${before} ${question}`.trim(), followUps: [followUp, bareNumber] };
}

function askUnit(label: string, number: string): SkillAnswer {
  const units = ["seconds", "minutes", "hours"];
  const followUps = units.map((unit) => ({
    patterns: [unit, unit.slice(0, -1)],
    answer: (_: unknown, situation: Situation) => startTimer(label, `${number} ${unit}`, situation),
  }));
  return { say: `${number} minutes, or hours?`, followUps };
}

function isPossible(lengthMs: number): boolean {
  return lengthMs >= 1000 && lengthMs <= LONGEST_MS;
}

/** Without what is left of a misheard "set a", as in "santa timer" or "setter pasta timer". */
function cleanLabel(label: string): string {
  const words = label.replace(/^(?:a|an|the|my|new|another|countdown) /, "").split(" ");
  if (soundDistance(words[0] ?? "", "set a") <= MOST_DISTANT_ALIKE) words.shift();
  return words.length === 1 && /^(?:new|another|countdown|kitchen|it|one)$/.test(words[0] ?? "") ? "" : words.join(" ");
}

/** What the user said of themselves, said to them: "check my cake" is "check your cake". */
export function turnRound(text: string): string {
  const turned: Readonly<Record<string, string>> = {
    my: "your",
    me: "you",
    i: "you",
    am: "are",
    mine: "yours",
    myself: "yourself",
  };
  return text.replace(/\b(?:my|me|i|am|mine|myself)\b/g, (word) => turned[word] ?? word);
}

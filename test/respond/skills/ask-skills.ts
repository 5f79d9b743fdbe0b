import type { ConversationEntry } from "../../../src-main/turn/ports.ts";
import type { Intent } from "../../../src-main/respond/skills/skill.ts";
import { answerWithSkills } from "../../../src-main/respond/skills/skill-book.ts";
import { TimerStore, type Timer } from "../../../src-main/respond/timer-store.ts";
import { settingsSchema, type SettingsPatch } from "../../../src-shared/settings.ts";

/** A Saturday afternoon, in the local zone of the machine. */
export const NOW = new Date(2026, 10, 21, 15, 25);
const MINUTE_MS = 60_000;

/** What a request comes to. */
export interface Asked {
  /** Undefined when no skill understood it. */
  readonly say: string | undefined;
  /** What its effect did, in words; empty for nothing. */
  readonly does: string;
  readonly rest: string;
  readonly followUps: readonly Intent[];
}

/** What may be different from one request to the next. */
export interface Circumstances {
  readonly timers?: readonly Omit<Timer, "id">[];
  readonly history?: readonly ConversationEntry[];
  readonly followUps?: readonly Intent[];
  readonly random?: () => number;
  readonly now?: Date;
}

/** Three that run, for requests about them. */
export const RUNNING: readonly Omit<Timer, "id">[] = [
  { kind: "timer", label: "", dueAtMs: NOW.getTime() + 90_000, lengthMs: 2 * MINUTE_MS },
  { kind: "timer", label: "pasta", dueAtMs: NOW.getTime() + 5 * MINUTE_MS, lengthMs: 10 * MINUTE_MS },
  { kind: "alarm", label: "", dueAtMs: new Date(2026, 10, 22, 6, 30).getTime(), lengthMs: 0 },
];

/** Asks the skills on that afternoon with a chance that always says 0.3, and runs the effect. Throws when an effect happens before it is run. */
export async function ask(text: string, circumstances: Circumstances = {}): Promise<Asked> {
  const { history = [], followUps = [], random = () => 0.3, now = NOW } = circumstances;
  const timers = new TimerStore({ nowMs: () => now.getTime(), schedule: () => () => {}, storage: memory() });
  for (const timer of circumstances.timers ?? []) timers.set(timer);
  const before = timers.timers;
  const patches: SettingsPatch[] = [];
  const answer = await answerWithSkills(
    text,
    {
      nowMs: now.getTime(),
      random,
      history,
      timers,
      settings: settingsSchema.parse({}),
      changeSettings: (patch) => patches.push(patch),
    },
    followUps,
  );
  if (timers.timers !== before || patches.length > 0) throw new Error("an effect happened before it was run");
  answer?.run?.();
  const added = timers.timers.filter((timer) => !before.includes(timer)).map((timer) => describe(timer, now));
  const ended = before.filter((timer) => !timers.timers.includes(timer)).map((timer) => `-${describe(timer, now)}`);
  const changed = patches.flatMap((patch) => Object.entries(patch)).map(([key, value]) => `${key} ${String(value)}`);
  const does = [...added, ...ended, ...changed].join(", ");
  return { say: answer?.say, does, rest: answer?.rest ?? "", followUps: answer?.followUps ?? [] };
}

/** "timer pasta 480 s", "alarm 22 06:30". */
function describe({ kind, label, dueAtMs, lengthMs }: Timer, now: Date): string {
  const due = new Date(dueAtMs);
  const time = [due.getHours(), due.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
  const when = lengthMs > 0 ? `${(dueAtMs - now.getTime()) / 1000} s` : `${due.getDate()} ${time}`;
  return [kind, label, when].filter((part) => part !== "").join(" ");
}

function memory() {
  return { load: () => undefined, save: () => {} };
}

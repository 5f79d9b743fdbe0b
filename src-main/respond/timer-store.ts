import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { TimerView } from "../../src-shared/turn-view.ts";
import { sayDuration, sayLength, sayTimeOfDay } from "./skills/say.ts";

const timerSchema = z.object({
  id: z.number().int().positive(),
  kind: z.enum(["timer", "alarm", "reminder"]),
  /** What the user called it: "pasta", or what to be reminded of; empty for nothing. */
  label: z.string().max(300),
  /** Epoch ms. */
  dueAtMs: z.number(),
  /** How long it was set for; 0 for one that was set for a time of day. */
  lengthMs: z.number().min(0),
});

const storedSchema = z.object({ version: z.literal(1), timers: z.array(timerSchema) });

/** A timer, alarm or reminder that runs. */
export type Timer = Readonly<z.infer<typeof timerSchema>>;

/** Where timers are kept between sessions. */
export interface TimerStorage {
  /** What was saved last, or undefined. It is validated here; what is not valid counts as none. */
  load(): unknown;
  /** Saves what `change` makes of what is stored by then. */
  save(change: (stored: unknown) => unknown): void;
}

/** What a timer store needs. `nowMs` and `schedule` are of one clock, which should be the wall clock. */
export interface TimerStoreParts {
  /** Epoch ms. */
  readonly nowMs: () => number;
  /** Calls back once at or after `atMs`; the returned function cancels. */
  readonly schedule: (atMs: number, callback: () => void) => () => void;
  readonly storage: TimerStorage;
}

/** It looks at the clock at least this often, so that a machine that slept or a clock that was set is noticed. */
const MOST_WAIT_MS = 20_000;
/** From this late on an announcement says that it is late. */
const LATE_MS = 60_000;
/** What came due longer ago than this is of no use any more. */
const FORGOTTEN_MS = 3_600_000;
/** What a reminder is about, rather than what is to be done. */
const THING = /^(?:the|an?|your|our|his|her|their) /;

/**
 * The running timers. They survive a restart; what came due while nothing ran, or while the machine slept, is announced as missed for an
 * hour. Announcements wait for the first listener. What another program stored meanwhile stays there, and is its own to announce.
 */
export class TimerStore {
  readonly #parts: TimerStoreParts;
  readonly #dueListeners = new Set<(announcement: string) => void>();
  readonly #changeListeners = new Set<() => void>();
  #timers: readonly Timer[];
  #waiting: string[] = [];
  #lastId: number;
  #cancelWake: (() => void) | undefined;

  constructor(parts: TimerStoreParts) {
    this.#parts = parts;
    this.#timers = timersIn(parts.storage.load())
      .toSorted((a, b) => a.dueAtMs - b.dueAtMs)
      .map((timer, index) => ({ ...timer, id: index + 1 }));
    this.#lastId = this.#timers.length;
    this.#announceDue();
  }

  /** What runs, soonest first. */
  get timers(): readonly Timer[] {
    return this.#timers;
  }

  /** What runs as the window shows it, soonest first. */
  list(): TimerView[] {
    return this.#timers.map((timer) => ({ id: timer.id, label: nameTimer(timer), dueAtMs: timer.dueAtMs }));
  }

  /** Starts a timer that is due at `dueAtMs`, even when that is past. */
  set(timer: Omit<Timer, "id">): void {
    this.#lastId++;
    const timers = [...this.#timers, { ...timer, id: this.#lastId }].toSorted((a, b) => a.dueAtMs - b.dueAtMs);
    this.#replace(timers);
    this.#announceDue();
  }

  /** Ends a timer without an announcement; nothing happens when it does not run. */
  cancel(id: number): void {
    const left = this.#timers.filter((timer) => timer.id !== id);
    if (left.length === this.#timers.length) return;
    this.#replace(left);
    this.#announceDue();
  }

  /** Calls back with what to say whenever a timer is due. */
  onDue(listener: (announcement: string) => void): void {
    this.#dueListeners.add(listener);
    for (const announcement of this.#waiting.splice(0)) listener(announcement);
  }

  onChange(listener: () => void): void {
    this.#changeListeners.add(listener);
  }

  /** Stops waiting. What runs stays stored. */
  close(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
  }

  #announceDue(): void {
    const nowMs = this.#parts.nowMs();
    const due = this.#timers.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    if (due.length > 0) this.#replace(this.#timers.filter(({ dueAtMs }) => dueAtMs > nowMs));
    for (const timer of due) {
      if (nowMs - timer.dueAtMs <= FORGOTTEN_MS) this.#announce(announceTimer(timer, nowMs - timer.dueAtMs));
    }
    this.#wakeForNext(nowMs);
  }

  #announce(text: string): void {
    if (this.#dueListeners.size === 0) this.#waiting.push(text);
    for (const listener of this.#dueListeners) listener(text);
  }

  #wakeForNext(nowMs: number): void {
    this.#cancelWake?.();
    const next = this.#timers[0];
    this.#cancelWake =
      next && this.#parts.schedule(Math.min(next.dueAtMs, nowMs + MOST_WAIT_MS), () => this.#announceDue());
  }

  #replace(timers: readonly Timer[]): void {
    const before = this.#timers;
    this.#timers = timers;
    this.#parts.storage.save((stored) => {
      const others = timersIn(stored).filter((timer) => !before.some((known) => isSame(known, timer)));
      return { version: 1, timers: [...timers, ...others] };
    });
    for (const listener of this.#changeListeners) listener();
  }
}

function timersIn(stored: unknown): readonly Timer[] {
  const parsed = storedSchema.safeParse(stored);
  return parsed.success ? parsed.data.timers : [];
}

/** Whether both are one timer, whatever numbers two programs gave it. */
function isSame(one: Timer, other: Timer): boolean {
  return isDeepStrictEqual({ ...one, id: 0 }, { ...other, id: 0 });
}

/** What to call a timer, without an article: "pasta timer", "10 minute timer", "alarm", "reminder to feed the cat", "reminder about the meeting". Pure. */
export function nameTimer({ kind, label, lengthMs }: Timer): string {
  if (kind === "reminder") return label === "" ? "reminder" : `reminder ${THING.test(label) ? "about" : "to"} ${label}`;
  if (label !== "") return `${label} ${kind}`;
  return kind === "timer" ? `${sayLength(lengthMs)} timer` : "alarm";
}

/** True whenever it is spoken: a pause may hold it back. */
function announceTimer(timer: Timer, lateMs: number): string {
  const { kind, dueAtMs } = timer;
  const reminder = `This is your ${nameTimer(timer)}.`;
  if (lateMs >= LATE_MS) {
    const ago = `${sayDuration(Math.floor(lateMs / 60_000) * 60_000)} ago`;
    return kind === "reminder" ? `${reminder} It was due ${ago}.` : `Your ${nameTimer(timer)} was due ${ago}.`;
  }
  if (kind === "timer") return `Your ${nameTimer(timer)} is done.`;
  return kind === "reminder" ? reminder : `This is your ${sayTimeOfDay(new Date(dueAtMs))} ${nameTimer(timer)}.`;
}

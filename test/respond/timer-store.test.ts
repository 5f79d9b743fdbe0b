import { expect, test } from "vitest";
import { nameTimer, TimerStore, type Timer } from "../../src-main/respond/timer-store.ts";
import { FakeClock } from "../fakes/fake-stages.ts";

class FakeStorage {
  value: unknown;
  saves = 0;
  load(): unknown {
    return this.value;
  }
  save(change: (stored: unknown) => unknown): void {
    this.saves++;
    this.value = JSON.parse(JSON.stringify(change(this.value)));
  }
}

function open({ clock = new FakeClock(), storage = new FakeStorage() } = {}) {
  const store = new TimerStore({
    nowMs: () => clock.nowMs(),
    schedule: (atMs, callback) => clock.schedule(atMs, callback),
    storage,
  });
  const announcements: string[] = [];
  store.onDue((announcement) => announcements.push(announcement));
  return { clock, storage, store, announcements };
}

function timer(dueAtMs: number, more: Partial<Timer> = {}): Omit<Timer, "id"> {
  return { kind: "timer", label: "", dueAtMs, lengthMs: 120_000, ...more };
}

test("says when a timer is done, within a moment", async () => {
  const { clock, store, announcements } = open();
  const startMs = clock.nowMs();
  store.set(timer(startMs + 120_000));
  await clock.advanceTo(startMs + 119_999);
  expect(announcements).toEqual([]);
  await clock.advanceTo(startMs + 120_000);
  expect(announcements).toEqual(["Your 2 minute timer is done."]);
  expect(store.list()).toEqual([]);
});

test("runs several at once, soonest first, and cancels one of them", async () => {
  const { clock, store, announcements } = open();
  const nowMs = clock.nowMs();
  store.set(timer(nowMs + 300_000, { label: "pasta", lengthMs: 300_000 }));
  store.set(timer(nowMs + 60_000, { lengthMs: 60_000 }));
  store.set(timer(nowMs + 90_000, { kind: "reminder", label: "call your mother" }));
  expect(store.list()).toEqual([
    { id: 2, label: "1 minute timer", dueAtMs: nowMs + 60_000 },
    { id: 3, label: "reminder to call your mother", dueAtMs: nowMs + 90_000 },
    { id: 1, label: "pasta timer", dueAtMs: nowMs + 300_000 },
  ]);
  store.cancel(2);
  store.cancel(99);
  await clock.advanceTo(nowMs + 400_000);
  expect(announcements).toEqual(["This is your reminder to call your mother.", "Your pasta timer is done."]);
});

test("a reminder is to do something or about a thing", async () => {
  const { clock, store, announcements } = open();
  store.set(timer(clock.nowMs() + 1_000, { kind: "reminder", label: "the meeting" }));
  store.set(timer(clock.nowMs() + 2_000, { kind: "reminder", label: "" }));
  await clock.advanceTo(clock.nowMs() + 3_000);
  expect(announcements).toEqual(["This is your reminder about the meeting.", "This is your reminder."]);
});

test("two that are due together are both announced, once", async () => {
  const { clock, store, announcements } = open();
  const dueAtMs = clock.nowMs() + 1_000;
  store.set(timer(dueAtMs, { label: "egg" }));
  store.set(timer(dueAtMs, { label: "tea" }));
  await clock.advanceTo(dueAtMs + 5_000);
  expect(announcements).toEqual(["Your egg timer is done.", "Your tea timer is done."]);
});

test("an alarm says the time", async () => {
  const { clock, store, announcements } = open();
  const dueAt = new Date(clock.nowMs());
  dueAt.setHours(dueAt.getHours() + 2, 30, 0, 0);
  store.set(timer(dueAt.getTime(), { kind: "alarm", lengthMs: 0 }));
  await clock.advanceTo(dueAt.getTime());
  expect(announcements[0]).toMatch(/^This is your \d{1,2}:30 [AP]M alarm\.$/);
});

test("a timer that is due when it is set is announced at once", () => {
  const { clock, store, announcements } = open();
  store.set(timer(clock.nowMs() - 500));
  expect(announcements).toEqual(["Your 2 minute timer is done."]);
});

test("tells its listeners about every change", async () => {
  const { clock, store } = open();
  let changes = 0;
  store.onChange(() => changes++);
  store.set(timer(clock.nowMs() + 1_000));
  store.set(timer(clock.nowMs() + 60_000));
  store.cancel(2);
  store.cancel(2);
  await clock.advanceTo(clock.nowMs() + 2_000);
  expect(changes).toBe(4);
});

test("timers survive a restart, and numbers are not used twice", async () => {
  const first = open();
  first.store.set(timer(first.clock.nowMs() + 600_000, { label: "pasta" }));
  first.store.close();
  const second = open({ clock: first.clock, storage: first.storage });
  expect(second.store.list()).toEqual(first.store.list());
  second.store.set(timer(first.clock.nowMs() + 60_000));
  expect(second.store.list().map(({ id }) => id)).toEqual([2, 1]);
  await first.clock.advanceTo(first.clock.nowMs() + 700_000);
  expect(first.announcements).toEqual([]);
  expect(second.announcements).toHaveLength(2);
});

test("what came due while nothing ran is announced as missed, for an hour", async () => {
  const before = open();
  const nowMs = before.clock.nowMs();
  before.store.set(timer(nowMs + 60_000, { label: "forgotten" }));
  before.store.set(timer(nowMs + 30 * 60_000, { label: "tea" }));
  before.store.set(timer(nowMs + 40 * 60_000, { kind: "reminder", label: "eat" }));
  before.store.set(timer(nowMs + 50 * 60_000, { kind: "alarm", lengthMs: 0 }));
  before.store.close();
  const clock = new FakeClock();
  await clock.advanceTo(nowMs + 62 * 60_000);
  const after = open({ clock, storage: before.storage });
  expect(after.announcements).toEqual([
    "Your tea timer was due 32 minutes ago.",
    "This is your reminder to eat. It was due 22 minutes ago.",
    "Your alarm was due 12 minutes ago.",
  ]);
  expect(after.store.list()).toEqual([]);
  expect(after.storage.value).toEqual({ version: 1, timers: [] });
});

test("announcements wait for the first listener", () => {
  const clock = new FakeClock();
  const store = new TimerStore({
    nowMs: () => clock.nowMs(),
    schedule: () => () => undefined,
    storage: new FakeStorage(),
  });
  store.set(timer(clock.nowMs()));
  const heard: string[] = [];
  store.onDue((announcement) => heard.push(announcement));
  expect(heard).toEqual(["Your 2 minute timer is done."]);
});

test("notices that the machine slept, although its scheduler did not count that time", async () => {
  let sleptMs = 0;
  const clock = new FakeClock();
  const announcements: string[] = [];
  const store = new TimerStore({
    nowMs: () => clock.nowMs() + sleptMs,
    schedule: (atMs, callback) => clock.schedule(atMs - sleptMs, callback),
    storage: new FakeStorage(),
  });
  store.onDue((announcement) => announcements.push(announcement));
  store.set(timer(clock.nowMs() + 600_000, { label: "tea" }));
  await clock.advanceTo(clock.nowMs() + 5_000);
  sleptMs = 900_000;
  await clock.advanceTo(clock.nowMs() + 20_000);
  expect(announcements).toEqual(["Your tea timer was due 5 minutes ago."]);
});

test("waits for weeks without a timer that overflows", async () => {
  const waits: number[] = [];
  const store = new TimerStore({
    nowMs: () => 0,
    schedule: (atMs) => {
      waits.push(atMs);
      return () => undefined;
    },
    storage: new FakeStorage(),
  });
  store.set(timer(60 * 86_400_000));
  expect(Math.max(...waits)).toBeLessThan(2 ** 31);
});

test.for([
  undefined,
  null,
  "what?",
  { version: 2, timers: [] },
  { version: 1, timers: [{ id: "one", kind: "timer", label: "", dueAtMs: 1, lengthMs: 1 }] },
  { version: 1, timers: [{ id: 1, kind: "bomb", label: "", dueAtMs: 1, lengthMs: 1 }] },
])("what is stored and not valid counts as none: %j", (value) => {
  const storage = new FakeStorage();
  storage.value = value;
  expect(open({ storage }).store.list()).toEqual([]);
});

test("nothing runs after it was closed", async () => {
  const { clock, store, announcements } = open();
  store.set(timer(clock.nowMs() + 1_000));
  store.close();
  await clock.advanceTo(clock.nowMs() + 60_000);
  expect(announcements).toEqual([]);
});

test("names", () => {
  const name = (more: Partial<Timer>) => nameTimer({ id: 1, ...timer(0, more) });
  expect(name({ lengthMs: 5_400_000 })).toBe("1 hour 30 minute timer");
  expect(name({ label: "pasta" })).toBe("pasta timer");
  expect(name({ kind: "alarm", lengthMs: 0 })).toBe("alarm");
  expect(name({ kind: "alarm", label: "gym" })).toBe("gym alarm");
  expect(name({ kind: "reminder" })).toBe("reminder");
  expect(name({ kind: "reminder", label: "feed the cat" })).toBe("reminder to feed the cat");
  expect(name({ kind: "reminder", label: "the meeting" })).toBe("reminder about the meeting");
});

test("two programs with one file keep each other's timers, and each announces its own", async () => {
  const { clock, storage, store, announcements } = open();
  const other = open({ clock, storage });
  const nowMs = clock.nowMs();
  store.set(timer(nowMs + 60_000, { label: "egg" }));
  other.store.set(timer(nowMs + 90_000, { label: "tea" }));
  store.set(timer(nowMs + 30_000, { label: "wash" }));
  store.cancel(2);
  const stored = open({ clock, storage }).store.list();
  expect(stored.map(({ label }) => label)).toEqual(["egg timer", "tea timer"]);
  expect(new Set(stored.map(({ id }) => id)).size).toBe(2);
  await clock.advanceTo(nowMs + 60_000);
  expect([announcements, other.announcements]).toEqual([["Your egg timer is done."], []]);
  await clock.advanceTo(nowMs + 90_000);
  expect(other.announcements).toEqual(["Your tea timer is done."]);
  expect(open({ clock, storage }).store.list()).toEqual([]);
});

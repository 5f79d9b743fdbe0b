import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from "vitest";
import type { Failure } from "../../../src-shared/failure.ts";
import { EventLog, type EventLogOptions, type EventLogPlace } from "../../../src-main/play/record/event-log.ts";

const SESSION = "conv_1700000000000";
const CAN_MOUNT = canMount();
let folder = "";
let mounted: string[] = [];
let logs: EventLog[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repartee-events-"));
});
afterEach(async () => {
  await Promise.all(logs.map((log) => log.close()));
  logs = [];
  for (const place of mounted) spawnSync("umount", [place]);
  mounted = [];
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

interface LoggedLine {
  readonly timestamp: string;
  readonly event_type: string;
  readonly session_id: string | null;
  readonly data: Record<string, unknown>;
}

function openLog(place: EventLogPlace, options: EventLogOptions = {}): EventLog {
  const log = new EventLog(place, { retryMs: 10, ...options });
  logs.push(log);
  return log;
}

function linesOf(path: string): LoggedLine[] {
  const text = readFileSync(path, "utf8");
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LoggedLine);
}

/** Numbers the events themselves carry, with a gap as the number of events in it, negative. */
function numbersIn(path: string): number[] {
  return linesOf(path).map(({ event_type: type, data }) =>
    type === "LOG_GAP" ? -Number(data["dropped"]) : Number(data["duration_ms"]),
  );
}

test("a line has four keys, a UTC time with its offset, and null where there is no session", async () => {
  const log = openLog({ folder }, { now: () => Date.parse("2026-03-04T12:34:56.789Z") });
  log.write("TTS_REQUEST", { message_characters: 12, voice: "af_sky" }, SESSION);
  log.write("SESSION_END", {});
  expect(await log.close()).toBe(0);
  const [name] = readdirSync(folder);
  expect(readFileSync(join(folder, name!), "utf8")).toBe(
    '{"timestamp":"2026-03-04T12:34:56.789+00:00","event_type":"TTS_REQUEST","session_id":"conv_1700000000000",' +
      '"data":{"message_characters":12,"voice":"af_sky"}}\n' +
      '{"timestamp":"2026-03-04T12:34:56.789+00:00","event_type":"SESSION_END","session_id":null,"data":{}}\n',
  );
});

test("the log is its owner's alone, and its folders are made", async () => {
  const log = openLog({ folder: join(folder, "a", "b") });
  log.write("SESSION_START", {});
  await log.close();
  const [name] = readdirSync(join(folder, "a", "b"));
  expect(statSync(join(folder, "a", "b", name!)).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
});

test("the words of a message have no place in the log", () => {
  const log = openLog({ file: join(folder, "events.jsonl") });
  expectTypeOf<{ message: string }>().not.toExtend<Parameters<typeof log.write<"TTS_START">>[1]>();
  expectTypeOf<"LOG_GAP">().not.toExtend<Parameters<typeof log.write>[0]>();
});

test("the file changes at local midnight while running, by the time of the event", async () => {
  vi.stubEnv("TZ", "America/New_York");
  // 23:59:59.999 and 00:00:00.000 in New York, where the UTC date is the same.
  const midnight = Date.parse("2026-03-05T05:00:00Z");
  let atMs = midnight - 1;
  const log = openLog({ folder }, { now: () => atMs });
  log.write("UNDERRUN", { duration_ms: 1 });
  atMs = midnight;
  log.write("UNDERRUN", { duration_ms: 2 });
  await pause(100);
  log.write("UNDERRUN", { duration_ms: 3 });
  await log.close();
  expect(readdirSync(folder).toSorted()).toEqual([
    "repartee_events_2026-03-04.jsonl",
    "repartee_events_2026-03-05.jsonl",
  ]);
  expect(numbersIn(join(folder, "repartee_events_2026-03-04.jsonl"))).toEqual([1]);
  expect(numbersIn(join(folder, "repartee_events_2026-03-05.jsonl"))).toEqual([2, 3]);
});

test("100,000 events in a burst do not block, and all of them are in the file in order", async () => {
  const file = join(folder, "burst.jsonl");
  const log = openLog({ file });
  const startedAtMs = performance.now();
  for (let n = 0; n < 100_000; n += 1) log.write("UNDERRUN", { duration_ms: n }, SESSION);
  expect(performance.now() - startedAtMs).toBeLessThan(3000);
  let longestMs = 0;
  let lastAtMs = performance.now();
  const ticker = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastAtMs);
    lastAtMs = performance.now();
  }, 1);
  expect(await log.close()).toBe(0);
  clearInterval(ticker);
  expect(longestMs).toBeLessThan(500);
  expect(numbersIn(file)).toEqual(Array.from({ length: 100_000 }, (_, n) => n));
});

test("a file removed underneath, with its folder, is made again", async () => {
  const file = join(folder, "logs", "events.jsonl");
  const problems: Failure[] = [];
  const log = openLog({ file }, { onProblem: (failure) => problems.push(failure) });
  log.write("UNDERRUN", { duration_ms: 1 });
  await vi.waitFor(() => expect(numbersIn(file)).toEqual([1]));
  rmSync(join(folder, "logs"), { recursive: true });
  log.write("UNDERRUN", { duration_ms: 2 });
  await vi.waitFor(() => expect(numbersIn(file)).toEqual([2]));
  expect(problems).toEqual([]);
});

test.skipIf(!isThere("/dev/full"))("a device that is full is told of once, and nothing throws or waits", async () => {
  const problems: Failure[] = [];
  const log = openLog({ file: "/dev/full" }, { onProblem: (failure) => problems.push(failure) });
  for (let n = 0; n < 50; n += 1) {
    log.write("UNDERRUN", { duration_ms: n });
    await pause(2);
  }
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: "output-unwritable", stage: "play", retryable: true });
  expect(problems[0]!.detail).toContain("ENOSPC");
  const startedAtMs = performance.now();
  expect(await log.close()).toBe(50);
  expect(performance.now() - startedAtMs).toBeLessThan(1000);
});

test("while writing fails the newest events are kept, and a gap says how many were lost", async () => {
  const file = join(folder, "blocked", "events.jsonl");
  writeFileSync(join(folder, "blocked"), "a file where a folder has to be");
  let atMs = Date.parse("2026-03-04T00:00:00Z");
  const problems: Failure[] = [];
  const log = openLog(
    { file },
    { onProblem: (failure) => problems.push(failure), mostPendingCharacters: 10_000, now: () => (atMs += 1000) },
  );
  for (let n = 0; n < 1000; n += 1) {
    log.write("UNDERRUN", { duration_ms: n });
    if (n % 50 === 0) await pause(3);
  }
  await vi.waitFor(() => expect(problems).toHaveLength(1));
  // A batch on its way is beside the bound. Once it has come back, the next one has all lines that wait.
  await pause(50);
  rmSync(join(folder, "blocked"));
  expect(await log.close()).toBe(0);
  const [gap, ...kept] = linesOf(file);
  const numbers = numbersIn(file);
  expect(numbers.slice(1)).toEqual(Array.from({ length: kept.length }, (_, n) => 1000 - kept.length + n));
  expect(numbers[0]).toBe(-(1000 - kept.length));
  expect(statSync(file).size).toBeGreaterThan(9000);
  expect(statSync(file).size).toBeLessThanOrEqual(10_000);
  // The gap stands where the lost events would be: the times never go back.
  expect(gap).toMatchObject({ event_type: "LOG_GAP", session_id: null });
  expect(Date.parse(kept[0]!.timestamp) - Date.parse(gap!.timestamp)).toBe(1000);
});

test("closing gives up where nothing can be written, and writing after it does nothing", async () => {
  const log = openLog({ folder: "/proc/none" });
  log.write("SESSION_START", {});
  const startedAtMs = performance.now();
  expect(await log.close()).toBe(1);
  expect(performance.now() - startedAtMs).toBeLessThan(1000);
  log.write("SESSION_END", {});
  expect(await log.close()).toBe(1);
});

test("a disk that does not answer holds up the end for 2 s at most", async () => {
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  // Each waits for somebody to write, and holds one of the threads that do the file work.
  const waiting = Array.from({ length: 16 }, () => open(pipe, "r"));
  const file = join(folder, "events.jsonl");
  const log = openLog({ file });
  log.write("SESSION_START", {});
  const startedAtMs = performance.now();
  const left = await log.close();
  const waitedMs = performance.now() - startedAtMs;
  const writer = openSync(pipe, "w");
  const readers = await Promise.all(waiting);
  await Promise.all(readers.map((reader) => reader.close()));
  closeSync(writer);
  expect(left).toBe(1);
  expect(waitedMs).toBeGreaterThan(1900);
  expect(waitedMs).toBeLessThan(2500);
  await vi.waitFor(() => expect(linesOf(file)).toHaveLength(1));
});

test("a pipe that nobody reads does not hold up the end", async () => {
  const pipe = join(folder, "pipe");
  expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
  const log = openLog({ file: pipe });
  for (let n = 0; n < 5000; n += 1) log.write("UNDERRUN", { duration_ms: n });
  const startedAtMs = performance.now();
  expect(await log.close()).toBeGreaterThan(0);
  expect(performance.now() - startedAtMs).toBeLessThan(2500);
});

test.skipIf(!CAN_MOUNT)(
  "a disk that fills up loses no whole line, tears none, and goes on once there is room",
  async () => {
    const disk = mountDisk("size=64k");
    const file = join(disk, "events.jsonl");
    const ballast = join(disk, "ballast");
    appendFileSync(ballast, Buffer.alloc(40_960));
    const problems: Failure[] = [];
    const log = openLog({ file }, { onProblem: (failure) => problems.push(failure), retryMs: 100 });
    for (let n = 0; n < 300; n += 1) log.write("UNDERRUN", { duration_ms: n });
    await vi.waitFor(() => expect(problems).toHaveLength(1));
    // While it tries again the beginning of a line may be seen for a moment.
    const before = await vi.waitFor(() => numbersIn(file));
    expect(before.length).toBeGreaterThan(100);
    expect(before.length).toBeLessThan(300);
    expect(before).toEqual(Array.from({ length: before.length }, (_, n) => n));
    rmSync(ballast);
    await vi.waitFor(() => expect(numbersIn(file)).toEqual(Array.from({ length: 300 }, (_, n) => n)));
    expect(problems).toHaveLength(1);
  },
);

test.skipIf(!CAN_MOUNT)(
  "a read-only disk is told of once, and written to when it is not read-only any more",
  async () => {
    const disk = mountDisk("size=64k");
    expect(spawnSync("mount", ["-o", "remount,ro", disk]).status).toBe(0);
    const problems: Failure[] = [];
    const log = openLog({ folder: join(disk, "events") }, { onProblem: (failure) => problems.push(failure) });
    log.write("UNDERRUN", { duration_ms: 1 });
    await vi.waitFor(() => expect(problems.map(({ detail }) => detail)).toEqual([expect.stringContaining("EROFS")]));
    expect(spawnSync("mount", ["-o", "remount,rw", disk]).status).toBe(0);
    expect(await log.close()).toBe(0);
    expect(readdirSync(join(disk, "events"))).toHaveLength(1);
  },
);

function mountDisk(options: string): string {
  const place = join(folder, "disk");
  mkdirSync(place);
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]).status).toBe(0);
  mounted.push(place);
  return place;
}

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), "repartee-mount-"));
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place]).status === 0;
  if (isMounted) spawnSync("umount", [place]);
  rmSync(place, { recursive: true, force: true });
  return isMounted;
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

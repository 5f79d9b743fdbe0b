import { beforeEach, expect, test } from "vitest";
import { askedRun, MOST_LEVELS, stretchedSpans, takeLabEvent } from "../../../src-renderer/playback-lab/lab-run.ts";
import {
  beginLab,
  breakOffLab,
  isLabBusy,
  MOST_PAST_RUNS,
  tellLab,
  useLab,
} from "../../../src-renderer/playback-lab/lab-state.ts";
import { failure } from "../../../src-shared/failure.ts";
import type { LabEvent } from "../../../src-shared/playback-lab.ts";
import { labLevel, labMetrics, labPlay, slowRun } from "./lab-events.ts";

const BEGAN: LabEvent = { kind: "began" };
const PLAYED: LabEvent = { kind: "finished", interrupted: false, metrics: labMetrics(), failure: undefined };

beforeEach(() => useLab.setState(useLab.getInitialState(), true));

test("a run keeps its levels and marks in order, and its metrics", () => {
  const events = slowRun();
  const run = events.reduce(takeLabEvent, askedRun(labPlay()));
  expect(run).toMatchObject({ status: "finished", audibleAtMs: 310, starvedAtMs: [2_400], interrupted: false });
  expect(run.metrics?.underrunTotalMs).toBe(140);
  expect(run.levels.map(({ atMs }) => atMs)).toEqual(
    events.flatMap((event) => (event.kind === "level" ? event.atMs : [])),
  );
  expect(run.levels[0]).not.toHaveProperty("kind");
});

test("what is told of another experiment changes nothing", () => {
  const asked = askedRun(labPlay());
  expect(takeLabEvent(asked, labLevel(40))).toBe(asked);
  expect(takeLabEvent(asked, PLAYED)).toBe(asked);
  const finished = [BEGAN, PLAYED].reduce(takeLabEvent, asked);
  for (const event of [BEGAN, labLevel(40), PLAYED]) expect(takeLabEvent(finished, event)).toBe(finished);
});

test("a run of an hour is kept coarser, from its beginning to its end", () => {
  let run = takeLabEvent(askedRun(labPlay()), BEGAN);
  const levels = 3_600 * 25;
  for (let index = 0; index < levels; index++) run = takeLabEvent(run, labLevel(index * 40));
  expect(run.levels.length).toBeGreaterThan(MOST_LEVELS / 2 - 1);
  expect(run.levels.length).toBeLessThanOrEqual(MOST_LEVELS);
  expect(run.levels[0]?.atMs).toBe(0);
  expect(run.levels.at(-1)?.atMs).toBe((levels - 1) * 40);
});

test("stretched time is found as spans", () => {
  const levels = [0, 0, 4, 8, 8, 8, 11].map((stretchedMs, index) => labLevel(index * 40, { stretchedMs }));
  expect(stretchedSpans(levels)).toEqual([
    [40, 120],
    [200, 240],
  ]);
  expect(stretchedSpans([])).toEqual([]);
});

test("measured runs stay listed, newest first; others do not", () => {
  for (let seed = 1; seed <= MOST_PAST_RUNS + 2; seed++) {
    beginLab(labPlay({ seed }));
    expect(isLabBusy(useLab.getState())).toBe(true);
    tellLab(BEGAN);
    tellLab(PLAYED);
    expect(isLabBusy(useLab.getState())).toBe(false);
  }
  const seeds = useLab.getState().past.map(({ request }) => request.seed);
  expect(seeds).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
  beginLab(labPlay({ seed: 11 }));
  breakOffLab(failure("source-unreachable", "play", "ECONNREFUSED"));
  expect(useLab.getState().run).toMatchObject({
    status: "finished",
    interrupted: true,
    failure: { detail: "ECONNREFUSED" },
  });
  expect(useLab.getState().past).toHaveLength(MOST_PAST_RUNS);
});

test("a run that has ended cannot be broken off, and without a run nothing can be told", () => {
  tellLab(BEGAN);
  breakOffLab();
  expect(useLab.getState().run).toBeUndefined();
  beginLab(labPlay());
  tellLab(BEGAN);
  tellLab(PLAYED);
  const { run, past } = useLab.getState();
  breakOffLab(failure("source-lost", "play", ""));
  tellLab(PLAYED);
  expect(useLab.getState().run).toBe(run);
  expect(useLab.getState().past).toBe(past);
});

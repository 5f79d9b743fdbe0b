import { createLocalEngines, type LocalEngines } from "../../src-main/serve/engines/local-engines.ts";
import type { TimedWord } from "../../src-main/wire/served-engines.ts";
import { CAPTURE_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { matchWords } from "../../test/fixtures/match-words.ts";
import { placedWords, type SpokenStream } from "../../test/fixtures/spoken-stream.ts";
import { atLeast, atMost, quantile, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import { hearAtSpeed, type HeardStream } from "./hear-at-speed.ts";
import {
  fairness,
  meanErrorRate,
  streamsHeardAlone,
  streamsHeardAtOnce,
  wordFigures,
  type ToldStream,
} from "./word-figures.ts";

const ALONE = "one stream";
const STREAMS = 16;
const NEAR_MS = 150;

/** Live recognition: how right, how late and how well placed words are; many streams at once; how many one core sustains. */
export async function measureListening(long: boolean): Promise<BenchResult> {
  const engines = createLocalEngines({});
  try {
    const ready = await engines.ready;
    if (!ready.ok) throw new Error(ready.failure.detail);
    const results = [await measureOne(engines), await measurePlaces(engines), await measureMany(engines, long)];
    return { rows: results.flatMap(({ rows }) => rows), verdicts: results.flatMap(({ verdicts }) => verdicts) };
  } finally {
    await engines.close();
  }
}

async function measureOne(engines: LocalEngines): Promise<BenchResult> {
  const { streams, rows } = await streamsHeardAlone(ALONE);
  const verdicts: Verdict[] = [];
  for (const [speech, stream] of streams) {
    for (const speed of [1, 10]) {
      const told = [{ stream, ...(await hearAtSpeed(engines, stream.pcm, speed)) }];
      rows.push({ part: ALONE, speech, speed, ...figures(told) });
      if (speech === "jfk.wav")
        verdicts.push(atMost(`word error rate of jfk.wav at ${speed} x real time`, meanErrorRate(told), 0.05));
    }
  }
  return { rows, verdicts };
}

/** Times of words against where they were put. */
async function measurePlaces(engines: LocalEngines): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  const errors: number[] = [];
  for (const gapMs of [0, 60, 200]) {
    const stream = await placedWords(gapMs);
    const heard = await hearAtSpeed(engines, stream.pcm, 2);
    const found = matchWords(stream.words as readonly TimedWord[], heard.words);
    const own = found.flatMap(([said, told]) => [told.startMs - said.startMs, told.endMs - said.endMs].map(Math.abs));
    rows.push({
      part: "word times",
      "gap, ms": gapMs,
      words: stream.words?.length,
      recognized: found.length,
      "median error, ms": quantile(own, 0.5),
      "p90 error, ms": quantile(own, 0.9),
      "within 150 ms": own.filter((error) => error <= NEAR_MS).length / own.length,
    });
    errors.push(...own);
  }
  const near = errors.filter((error) => error <= NEAR_MS).length / errors.length;
  return { rows, verdicts: [atLeast("word times within 150 ms, share", near, 0.9)] };
}

async function measureMany(engines: LocalEngines, long: boolean): Promise<BenchResult> {
  const streams = await streamsHeardAtOnce(STREAMS, long);
  const before = process.cpuUsage();
  const startedAtMs = performance.now();
  const told = await Promise.all(
    streams.map(async (stream) => ({ stream, ...(await hearAtSpeed(engines, stream.pcm, 1)) })),
  );
  const elapsedMs = performance.now() - startedAtMs;
  const { user, system } = process.cpuUsage(before);
  const audioMs = streams.reduce((sum, { pcm }) => sum + samplesToMs(pcm.length, CAPTURE_RATE_HZ), 0);
  const cpuMs = (user + system) / 1_000;
  const part = `${STREAMS} streams in real time`;
  const { latestMs, verdicts } = fairness(part, "stream", told);
  const alone = await measureThroughput(engines, streams.slice(0, 4));
  return {
    rows: [
      {
        part,
        ...figures(told),
        "p95 of the latest stream, ms": latestMs,
        "cores used": cpuMs / elapsedMs,
        "real-time streams on one core": audioMs / cpuMs,
      },
      { part: "recordings sent at once", "real-time streams on one core": alone },
    ],
    verdicts,
  };
}

/** Seconds of audio for each second of processor time, when nothing has to be told early. */
async function measureThroughput(engines: LocalEngines, streams: readonly SpokenStream[]): Promise<number> {
  const before = process.cpuUsage();
  await Promise.all(streams.map(({ pcm }) => hearAtSpeed(engines, pcm, Number.POSITIVE_INFINITY)));
  const { user, system } = process.cpuUsage(before);
  const audioMs = streams.reduce((sum, { pcm }) => sum + samplesToMs(pcm.length, CAPTURE_RATE_HZ), 0);
  return audioMs / ((user + system) / 1_000);
}

function figures(told: readonly (ToldStream & HeardStream)[]): BenchRow {
  return {
    ...wordFigures(told),
    "last word after the end, ms": Math.max(...told.map(({ flushMs }) => flushMs)),
    "longest wait of a sample, ms": Math.max(...told.map(({ longestWaitMs }) => longestWaitMs)),
  };
}

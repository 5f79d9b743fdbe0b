import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUDIBLE_AMPLITUDE, CAPTURE_RATE_HZ, msToSamples, samplesToMs } from "../../src-shared/audio-format.ts";
import type { TalkReport } from "../../src-main/cli/talk-report.ts";
import { readWav } from "../../src-main/capture/wav-reader.ts";
import { WavFileWriter } from "../../src-main/play/wav-file.ts";
import { concatenate } from "../../src-main/streaming-resampler.ts";
import { atMost, type BenchResult } from "../bench-result.ts";
import { endpointFigures, endpointRow, type AnsweredTurn } from "./endpoint-figures.ts";
import type { TurnItem } from "./set/turn-item.ts";
import { turnSet } from "./set/turn-set.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** After the item's own tail: the longest answer must fit in. */
const BETWEEN_TURNS_MS = 9_000;

/** A turn on the time line of the conversation. */
interface PlacedTurn {
  readonly item: TurnItem;
  readonly startMs: number;
  readonly endMs: number;
  /** When the next one's sound begins. */
  readonly overMs: number;
}

/**
 * The test half in one conversation through `repartee talk`, in real time and as users run it. Judged by what left the
 * loudspeaker: a sound during a turn is a cut-in, the first one after it is the answer.
 */
export async function talkInRealTime(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "repartee-bench-"));
  try {
    const placed = await writeConversation(join(folder, "in.wav"));
    await talk(folder);
    const played = readWav(readFileSync(join(folder, "out.wav")));
    if (!played.ok) throw new Error(played.failure.detail);
    const { pcm, sampleRateHz } = played.value;
    const figures = endpointFigures(placed.map((turn) => judge(turn, pcm, sampleRateHz)));
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as TalkReport;
    const part = "repartee talk, in real time";
    return {
      rows: [
        { part, ...endpointRow("balanced", figures), turns: placed.length, "turns reported": report.turns.length },
      ],
      verdicts: [
        atMost(`${part}: median delay from the true end to the first audible sample, ms`, figures.medianMs, 350),
        atMost(`${part}: p95 of the delay, ms`, figures.p95Ms, 900),
        atMost(`${part}: cut-ins, % of the turns`, figures.cutInRate * 100, 5),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeConversation(path: string): Promise<PlacedTurn[]> {
  const pieces: Float32Array[] = [];
  const placed: PlacedTurn[] = [];
  let samples = 0;
  for await (const item of turnSet("test")) {
    const fromMs = samplesToMs(samples, CAPTURE_RATE_HZ);
    const pause = new Float32Array(msToSamples(BETWEEN_TURNS_MS, CAPTURE_RATE_HZ));
    pieces.push(item.pcm, pause);
    samples += item.pcm.length + pause.length;
    const overMs = samplesToMs(samples, CAPTURE_RATE_HZ);
    placed.push({ item, startMs: fromMs + item.startMs, endMs: fromMs + item.endMs, overMs });
  }
  const file = WavFileWriter.open(path, { sampleRateHz: CAPTURE_RATE_HZ, channels: 1 });
  if (!file.ok) throw new Error(file.failure.detail);
  file.value.append(concatenate(pieces));
  file.value.finish();
  return placed;
}

function judge({ item, startMs, endMs, overMs }: PlacedTurn, played: Float32Array, rateHz: number): AnsweredTurn {
  const firstAudibleMs = (fromMs: number, toMs: number): number => {
    const stretch = played.subarray(msToSamples(fromMs, rateHz), msToSamples(toMs, rateHz));
    const first = stretch.findIndex((sample) => Math.abs(sample) > AUDIBLE_AMPLITUDE);
    return first === -1 ? Number.POSITIVE_INFINITY : fromMs + samplesToMs(first, rateHz);
  };
  const cutIn = firstAudibleMs(startMs, endMs) < endMs;
  return { item, cutIn, delayMs: firstAudibleMs(endMs, overMs) - endMs };
}

function talk(folder: string): Promise<void> {
  const files = (["in", "out", "report"] as const).flatMap((name) => [
    `--${name}`,
    join(folder, `${name}.${name === "report" ? "json" : "wav"}`),
  ]);
  const child = spawn("npm", ["run", "--silent", "repartee", "--", "talk", ...files], {
    cwd: ROOT,
    env: { ...process.env, REPARTEE_HOME: join(folder, "home") },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`talk exited with ${code}`))));
  });
}

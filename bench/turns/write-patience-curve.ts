import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { patienceCurveSchema } from "../../src-shared/patience-curve.ts";
import type { Patience } from "../../src-shared/settings.ts";
import { createDetectEngine } from "../../src-main/detect/detect-engine.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import { endOfUnderstood, endSilenceMs, learntHabitMs, LONG_HABIT_MS } from "../../src-main/turn/patience.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import type { Responder } from "../../src-main/turn/ports.ts";
import { quantile } from "../bench-result.ts";
import { evidenceOf, seenPauses, type SeenPause } from "./fit-pauses.ts";
import { createEmbeddedResponder } from "./virtual/virtual-stages.ts";

const PATIENCES: readonly Patience[] = ["quick", "balanced", "patient"];
const THRESHOLDS_MS = [200, 300, 400, 500, 600, 700, 800, 900, 1_000];
/** From the moment a pause is seen to its transcript, the usual time. */
const TRANSCRIPT_MS = 110;
/** From the decision to the first sample heard. */
const START_MS = 15;
/** Longest pause inside a turn of those who pause shortly. */
const SHORT_PAUSE_MS = 600;
const CURVE = join(import.meta.dirname, "../../resources/patience-curve.json");

/** A pause, and how likely it is the end. */
interface JudgedPause extends SeenPause {
  readonly endProbability: number;
}

/** A turn as the pauses that were seen in it. */
type JudgedTurn = readonly JudgedPause[];

/** How long a silence must be. */
type Waiting = (endProbability: number, habitMs: number) => number;

const turns = await judgedTurns();
const curve = patienceCurveSchema.parse({
  measuredWith:
    `a simulation on the pauses of ${turns.length} turns that are for testing: three synthetic voices in one conversation, clean and with noise at 20 and 10 dB, ` +
    `transcripts ${TRANSCRIPT_MS} ms after the pause is seen (node bench/turns/write-patience-curve.ts)`,
  silenceOnly: THRESHOLDS_MS.map((thresholdMs) => {
    const { medianDelayMs, cutInRatio } = figures(turns, () => thresholdMs);
    return { thresholdMs, medianDelayMs, cutInRatio };
  }),
  settings: PATIENCES.map((patience) => ({
    patience,
    ...figures(turns, waitingOf(patience)),
  })),
});
writeFileSync(CURVE, `${JSON.stringify(curve, undefined, 2)}\n`);
console.table([...curve.silenceOnly, ...curve.settings]);

const whole = turns.filter((pauses) => pauses.every(({ isEnd, kind }) => isEnd || kind === undefined));
const short = turns.filter((pauses) => pauses.every((pause) => pause.isEnd || lengthMs(pause) <= SHORT_PAUSE_MS));
showLearned(`The ${short.length} turns without a pause over ${SHORT_PAUSE_MS} ms`, short);
showLearned(`The ${whole.length} turns without a pause`, whole);

/** What it saves that pauses are learned. */
function showLearned(title: string, conversation: readonly JudgedTurn[]): void {
  console.log(`${title}, as one conversation:`);
  console.table(
    PATIENCES.flatMap((patience) => [
      { patience, pauses: "learned", ...figures(conversation, waitingOf(patience)) },
      {
        patience,
        pauses: "not learned",
        ...figures(conversation, (end) => endSilenceMs(end, patience, LONG_HABIT_MS)),
      },
    ]),
  );
}

async function judgedTurns(): Promise<readonly JudgedTurn[]> {
  const engine = createDetectEngine({});
  const predictor = createEmbeddedEndOfTurn(engine);
  const responder = createEmbeddedResponder();
  const byTurn = new Map<string, JudgedPause[]>();
  for (const pause of await seenPauses("test")) {
    const evidence = evidenceOf(pause);
    const predicted = evidence && (await predictor.predict(evidence, new AbortController().signal));
    const likely = predicted?.ok ? predicted.value : 0;
    const endProbability = (await isUnderstood(responder, pause)) ? endOfUnderstood(likely) : likely;
    byTurn.set(pause.turnId, [...(byTurn.get(pause.turnId) ?? []), { ...pause, endProbability }]);
  }
  await engine.close();
  return [...byTurn.values()];
}

async function isUnderstood(responder: Responder, { transcript }: SeenPause): Promise<boolean> {
  const request = { key: { turnId: 1, revision: 0 }, text: transcript?.text ?? "", history: [] };
  for await (const part of responder.respond(request, new AbortController().signal)) {
    if (part.kind === "text") return part.isUnderstood === true;
  }
  return false;
}

function waitingOf(patience: Patience): Waiting {
  return (endProbability, habitMs) => endSilenceMs(endProbability, patience, habitMs);
}

/** The turns one after the other, in one conversation. */
function figures(conversation: readonly JudgedTurn[], waiting: Waiting) {
  const delaysMs: number[] = [];
  let habitMs = LONG_HABIT_MS;
  for (const pauses of conversation) {
    const decided = decide(pauses, waiting, habitMs);
    habitMs = decided.habitMs;
    if (decided.atMs === undefined) continue;
    const delayMs = decided.atMs + START_MS - (pauses[0] as JudgedPause).turnEndMs;
    delaysMs.push(delayMs);
    // Who was cut off goes on, and is waited for in full again.
    if (delayMs < START_MS) habitMs = Math.max(habitMs, LONG_HABIT_MS);
  }
  const patientMs = delaysMs.filter((delayMs) => delayMs >= START_MS);
  return {
    medianDelayMs: Math.round(quantile(patientMs, 0.5)),
    p95DelayMs: Math.round(quantile(patientMs, 0.95)),
    meanDelayMs: Math.round(patientMs.reduce((sum, delayMs) => sum + delayMs, 0) / patientMs.length),
    cutInRatio: Number(((delaysMs.length - patientMs.length) / conversation.length).toFixed(3)),
  };
}

/** When the turn is thought to be over, and what is known of the user's pauses then. A pause without words decides nothing. */
function decide(
  pauses: JudgedTurn,
  waiting: Waiting,
  habitBeforeMs: number,
): { readonly atMs?: number; readonly habitMs: number } {
  const { shortestHabitMs } = TURN_TUNING;
  let habitMs = habitBeforeMs;
  let hasPaused = false;
  for (const pause of pauses) {
    const { speechEndedAtMs, seenAtMs, resumedAtMs, endProbability, transcript } = pause;
    const atMs = Math.max(speechEndedAtMs + waiting(endProbability, habitMs), seenAtMs + TRANSCRIPT_MS);
    const hasWords = transcript !== undefined && transcript.text !== "";
    if (hasWords && (resumedAtMs === undefined || atMs < resumedAtMs)) {
      return { atMs, habitMs: hasPaused ? habitMs : learntHabitMs(habitMs, shortestHabitMs) };
    }
    hasPaused ||= lengthMs(pause) >= shortestHabitMs;
    habitMs = learntHabitMs(habitMs, lengthMs(pause));
  }
  return { habitMs };
}

function lengthMs({ speechEndedAtMs, seenAtMs, resumedAtMs }: SeenPause): number {
  return (resumedAtMs ?? seenAtMs) - speechEndedAtMs;
}

import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import { concatenate } from "../../src-main/streaming-resampler.ts";
import { spokenText, type Speaker } from "../../test/fixtures/speech.ts";
import { atLeast, atMost, quantile, type BenchResult, type BenchRow } from "../bench-result.ts";
import type { RealEngines } from "./virtual/engine-memory.ts";
import { VirtualConversation } from "./virtual/virtual-conversation.ts";

const QUESTIONS: readonly (readonly [Speaker, string])[] = [
  ["slt", "What time is it?"],
  ["kal", "What is nine plus ten?"],
  ["slt", "How many minutes are in a day?"],
  ["kal", "What day of the week is it?"],
];
/** The answers fit in. */
const PAUSE_SAMPLES = 5 * CAPTURE_RATE_HZ;
/** Until then memory may still grow. */
const SETTLED_TURNS = 50;
const TURNS_PER_READING = 10;

/** Resident memory of this process, with all engine threads, over so many spoken turns in one conversation. */
export async function measureMemory(engines: RealEngines, turns: number): Promise<BenchResult> {
  const conversation = new VirtualConversation(engines, createEmbeddedEndOfTurn(engines.detector));
  const readings: { readonly turns: number; readonly megabytes: number }[] = [];
  let answered = 0;
  for (let turn = 1; turn <= turns; turn++) {
    const [speaker, text] = QUESTIONS[turn % QUESTIONS.length] as (typeof QUESTIONS)[number];
    const question = await spokenText(text, speaker, CAPTURE_RATE_HZ);
    await conversation.hear(concatenate([question, new Float32Array(PAUSE_SAMPLES)]));
    answered += conversation.takeTranscripts().length;
    if (turn % TURNS_PER_READING !== 0) continue;
    globalThis.gc?.();
    readings.push({ turns: turn, megabytes: process.memoryUsage.rss() / 1e6 });
  }
  await conversation.hear(new Float32Array(2 * PAUSE_SAMPLES));
  answered += conversation.takeTranscripts().length;
  const settled = readings.filter((reading) => reading.turns >= SETTLED_TURNS).map(({ megabytes }) => megabytes);
  const [first = Number.NaN] = settled;
  const last = quantile(settled.slice(-3), 0.5);
  const rows: BenchRow[] = readings
    .filter((_, index) => index % 5 === 4)
    .map(({ turns: after, megabytes }) => ({ part: "memory", "after turns": after, "resident MB": megabytes }));
  return {
    rows,
    verdicts: [
      atLeast("turns answered in the memory run", answered, turns),
      atMost(`growth of resident memory from turn ${SETTLED_TURNS} to turn ${turns}, %`, (last / first - 1) * 100, 5),
    ],
  };
}

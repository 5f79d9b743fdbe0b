import type { MarkName, TurnMarks } from "../../src-shared/latency-report.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import { TURN_TUNING } from "../../src-main/turn/turn-tuning.ts";
import { quantile, type BenchResult, type BenchRow } from "../bench-result.ts";
import type { TurnItem } from "./set/turn-item.ts";
import { turnSet } from "./set/turn-set.ts";
import { EngineMemory, type RealEngines } from "./virtual/engine-memory.ts";
import { VirtualClock } from "./virtual/virtual-clock.ts";
import { recognitionFrames, takeTurn } from "./virtual-session.ts";
import { withEngines } from "./with-engines.ts";

const WARM_TURNS = 24;
const COLD_TURNS = 8;
const WARM_UP_TURNS = 3;
/** What is told of a turn, in the order in which it happens where nothing is made in advance. */
const STAGES: readonly (readonly [MarkName, string])[] = [
  ["turnDecidedAtMs", "the end is decided"],
  ["transcriptFinalAtMs", "transcript"],
  ["firstSentenceAtMs", "first sentence of the reply"],
  ["firstPcmAtMs", "first samples of it"],
  ["firstAudibleAtMs", "first audible sample"],
];
const HEARD = STAGES.map(([mark]) => mark);

/** When each stage was done, in ms from the true end of the speech. */
type Instants = Readonly<Record<string, number>>;

/**
 * When each stage of a turn without pauses is done, at balanced patience in virtual time: the first turn of engines just loaded, later ones, and
 * later ones if the stages began only at the decision, one after the other.
 */
export async function measureWaterfall(): Promise<BenchResult> {
  const items = await turnsWithoutPause(WARM_TURNS);
  const { advance, afterwards } = await withEngines(async (engines) => {
    const memory = new EngineMemory(engines);
    for await (const item of turnSet("tune", "warm-up", WARM_UP_TURNS)) await take(item, memory);
    const marks = [];
    for (const item of items) marks.push({ item, marks: await take(item, memory) });
    const heard = marks.filter((turn) => HEARD.every((name) => turn.marks[name] !== undefined));
    const sequential = [];
    for (const turn of heard) sequential.push(await inSequence(turn.item, turn.marks, engines));
    return { advance: heard.map((turn) => instants(turn.item, turn.marks)), afterwards: sequential };
  });
  const cold: Instants[] = [];
  for (const item of items.slice(0, COLD_TURNS)) {
    const marks = await withEngines((engines) => take(item, new EngineMemory(engines)));
    if (HEARD.every((name) => marks[name] !== undefined)) cold.push(instants(item, marks));
  }
  const rows = STAGES.map(([mark, what]) => ({
    part: "waterfall",
    "ms after the true end": what,
    ...columns("cold", cold, mark),
    ...columns("warm", advance, mark),
    ...columns("warm, nothing in advance", afterwards, mark),
  }));
  return { rows, verdicts: [] };
}

async function turnsWithoutPause(count: number): Promise<readonly TurnItem[]> {
  const items: TurnItem[] = [];
  for await (const item of turnSet("test")) {
    if (item.pauses.length === 0) items.push(item);
    if (items.length === count) break;
  }
  return items;
}

async function take(item: TurnItem, memory: EngineMemory): Promise<TurnMarks> {
  const { marks } = await takeTurn(item, memory, { patience: "balanced", createPredictor: createEmbeddedEndOfTurn });
  return marks;
}

function instants({ endMs }: TurnItem, marks: TurnMarks): Instants {
  return Object.fromEntries(HEARD.map((name) => [name, (marks[name] as number) - endMs]));
}

/** As if the same turn had been decided at the same time, and each stage had waited for the one before it. */
async function inSequence(item: TurnItem, marks: TurnMarks, engines: RealEngines): Promise<Instants> {
  const at = instants(item, marks) as Record<string, number>;
  const decidedAtMs = at["turnDecidedAtMs"] as number;
  const transcriptMs = decidedAtMs + (await timeToTranscribe(item, marks, engines));
  const sentenceMs = transcriptMs + span(at, "transcriptFinalAtMs", "firstSentenceAtMs");
  const firstPcmMs = sentenceMs + span(at, "firstSentenceAtMs", "firstPcmAtMs");
  const startMs = span(at, "turnDecidedAtMs", "firstAudibleAtMs", "firstPcmAtMs");
  return {
    turnDecidedAtMs: decidedAtMs,
    transcriptFinalAtMs: transcriptMs,
    firstSentenceAtMs: sentenceMs,
    firstPcmAtMs: firstPcmMs,
    firstAudibleAtMs: firstPcmMs + startMs,
  };
}

/** From the later of the beginnings to the end. */
function span(at: Readonly<Record<string, number>>, from: MarkName, to: MarkName, orFrom: MarkName = from): number {
  return (at[to] as number) - Math.max(at[from] as number, at[orFrom] as number);
}

/** Of the whole utterance up to the decision, without an earlier hypothesis. */
async function timeToTranscribe(item: TurnItem, marks: TurnMarks, { transcriber }: RealEngines): Promise<number> {
  const fromMs = (marks.speechStartedAtMs as number) - TURN_TUNING.preRollMs;
  const frames = (await recognitionFrames(item.pcm)).filter(
    ({ endedAtMs }) => endedAtMs > fromMs && endedAtMs <= (marks.turnDecidedAtMs as number),
  );
  const pcm = Float32Array.from(frames.flatMap((frame) => [...frame.pcm]));
  const { elapsedMs } = await new VirtualClock().measure(() =>
    transcriber.transcribe({ pcm }, new AbortController().signal),
  );
  return elapsedMs;
}

function columns(name: string, turns: readonly Instants[], mark: MarkName): BenchRow {
  const values = turns.map((turn) => turn[mark] as number);
  return { [`${name} p50`]: quantile(values, 0.5), [`${name} p95`]: quantile(values, 0.95) };
}

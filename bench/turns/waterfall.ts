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

/** When each stage was done, in ms from the true end of the speech. */
type Instants = ReadonlyMap<MarkName, number>;

/** A turn that was answered. */
interface AnsweredTurn {
  readonly item: TurnItem;
  readonly marks: TurnMarks;
  readonly instants: Instants;
}

/**
 * When each stage of a turn without pauses is done, at balanced patience in virtual time: the first turn of engines just loaded, later ones, and
 * later ones if the stages began only at the decision, one after the other.
 */
export async function measureWaterfall(): Promise<BenchResult> {
  const items = await turnsWithoutPause(WARM_TURNS);
  const { warm, inSequence } = await withEngines(async (engines) => {
    const memory = new EngineMemory(engines);
    for await (const item of turnSet("tune", "warm-up", WARM_UP_TURNS)) await take(item, memory);
    const answered: AnsweredTurn[] = [];
    for (const item of items) answered.push(...(await take(item, memory)));
    const afterwards: Instants[] = [];
    for (const turn of answered) afterwards.push(oneAfterAnother(turn, await timeToTranscribe(turn, engines)));
    return { warm: answered.map(({ instants }) => instants), inSequence: afterwards };
  });
  const cold: AnsweredTurn[] = [];
  for (const item of items.slice(0, COLD_TURNS))
    cold.push(...(await withEngines((engines) => take(item, new EngineMemory(engines)))));
  const coldInstants = cold.map(({ instants }) => instants);
  const rows = STAGES.map(([mark, what]) => ({
    part: "waterfall",
    "ms after the true end": what,
    ...columns("cold", coldInstants, mark),
    ...columns("warm", warm, mark),
    ...columns("warm, nothing in advance", inSequence, mark),
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

/** The turn; none where a stage is missing. */
async function take(item: TurnItem, memory: EngineMemory): Promise<readonly AnsweredTurn[]> {
  const conduct = { patience: "balanced", createPredictor: () => createEmbeddedEndOfTurn(memory) } as const;
  const { marks } = await takeTurn(item, memory, conduct);
  const instants = new Map<MarkName, number>();
  for (const [mark] of STAGES) {
    const atMs = marks[mark];
    if (atMs === undefined) return [];
    instants.set(mark, atMs - item.endMs);
  }
  return [{ item, marks, instants }];
}

/** As if the same turn had been decided at the same time, and each stage had waited for the one before it. */
function oneAfterAnother({ instants }: AnsweredTurn, transcribeMs: number): Instants {
  const at = (mark: MarkName): number => instants.get(mark) as number;
  const decidedMs = at("turnDecidedAtMs");
  const tookMs: readonly (readonly [MarkName, number])[] = [
    ["transcriptFinalAtMs", transcribeMs],
    ["firstSentenceAtMs", at("firstSentenceAtMs") - at("transcriptFinalAtMs")],
    ["firstPcmAtMs", at("firstPcmAtMs") - at("firstSentenceAtMs")],
    ["firstAudibleAtMs", at("firstAudibleAtMs") - Math.max(decidedMs, at("firstPcmAtMs"))],
  ];
  const sequence = new Map<MarkName, number>([["turnDecidedAtMs", decidedMs]]);
  let doneMs = decidedMs;
  for (const [mark, stageMs] of tookMs) sequence.set(mark, (doneMs += stageMs));
  return sequence;
}

/** Of the whole utterance up to the decision, without an earlier hypothesis. */
async function timeToTranscribe({ item, marks }: AnsweredTurn, { transcriber }: RealEngines): Promise<number> {
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
  const values = turns.map((turn) => turn.get(mark) as number);
  return { [`${name} p50`]: quantile(values, 0.5), [`${name} p95`]: quantile(values, 0.95) };
}

import { succeeded } from "../../src-shared/failure.ts";
import { latencyWaterfall } from "../../src-shared/latency-report.ts";
import type { Patience } from "../../src-shared/settings.ts";
import { createEmbeddedEndOfTurn } from "../../src-main/detect/embedded-end-of-turn.ts";
import type { EndOfTurnPredictor } from "../../src-main/turn/ports.ts";
import { atMost, quantile, type BenchResult, type BenchRow } from "../bench-result.ts";
import { cutInRate, cutInRateAt, endpointFigures, endpointRow, type AnsweredTurn } from "./endpoint-figures.ts";
import { speechRows } from "./famous-speech.ts";
import { decideBySilence } from "./silence-only.ts";
import type { TurnItem } from "./set/turn-item.ts";
import { turnSet } from "./set/turn-set.ts";
import { EngineMemory } from "./virtual/engine-memory.ts";
import { withEngines } from "./with-engines.ts";
import { takeTurn, type TakenTurn, type VirtualSound } from "./virtual-session.ts";

const PATIENCES: readonly Patience[] = ["quick", "balanced", "patient"];
const THRESHOLDS_MS = [200, 300, 400, 500, 600, 700, 800, 900, 1_000];
/** Turns that nobody counts: the engines warm up, and rarely used code is loaded. */
const WARM_UP_TURNS = 3;

/** One turn under every setting. */
interface HeardTurn {
  readonly item: TurnItem;
  readonly probabilities: readonly number[];
  /** With a predictor that never sees an end, so that the last pause is always answered in advance. */
  readonly waited: TakenTurn;
  readonly taken: Readonly<Record<Patience, TakenTurn>>;
}

/** The test half of the set and a speech, in virtual time: when turns are thought to be over, and how long the stages take. */
export async function measureTurnTaking(): Promise<BenchResult> {
  return withEngines(async (engines) => {
    const memory = new EngineMemory(engines);
    for await (const item of turnSet("tune", "warm-up", WARM_UP_TURNS)) await hearTurn(item, memory);
    const turns: HeardTurn[] = [];
    for await (const item of turnSet("test")) turns.push(await hearTurn(item, memory));
    const endpoint = judgeEndpoint(turns);
    const rows = [
      ...endpoint.rows,
      ...recognitionRows(turns),
      ...(await speechRows(memory, THRESHOLDS_MS, (sound) => takeWithEach(sound, memory))),
    ];
    return { rows, verdicts: endpoint.verdicts };
  });
}

async function hearTurn(item: TurnItem, memory: EngineMemory): Promise<HeardTurn> {
  const waited = await takeTurn(item, memory, { patience: "patient", createPredictor: createNeverPredictor });
  const taken = await takeWithEach(item, memory);
  return { item, probabilities: memory.probabilities(item.id), waited, taken };
}

async function takeWithEach(sound: VirtualSound, memory: EngineMemory): Promise<Record<Patience, TakenTurn>> {
  const take = (patience: Patience) =>
    takeTurn(sound, memory, { patience, createPredictor: () => createEmbeddedEndOfTurn(memory) });
  return { quick: await take("quick"), balanced: await take("balanced"), patient: await take("patient") };
}

/** Never sees an end: the longest silence decides. */
function createNeverPredictor(): EndOfTurnPredictor {
  return {
    begin: () => undefined,
    hear: () => undefined,
    predict: async () => succeeded(0),
    close: async () => undefined,
  };
}

function judgeEndpoint(turns: readonly HeardTurn[]): BenchResult {
  const readyMs = quantile(
    turns.flatMap(({ waited }) => replyReadyMs(waited) ?? []),
    0.5,
  );
  const silence = THRESHOLDS_MS.map((thresholdMs) => ({
    setting: `silence of ${thresholdMs} ms`,
    turns: turns.map((turn) => answeredBySilence(turn, thresholdMs, replyReadyMs(turn.waited) ?? readyMs)),
  }));
  const ours = PATIENCES.map((patience) => ({
    setting: patience,
    turns: turns.map(({ item, taken }) => answered(item, taken[patience])),
  }));
  const curve = silence.map(({ turns: all }) => endpointFigures(all));
  const rows: BenchRow[] = [...silence, ...ours].map(({ setting, turns: all }) => ({
    part: "endpoint",
    ...endpointRow(setting, endpointFigures(all)),
  }));
  const verdicts = ours.map(({ setting, turns: all }) => {
    const { cutInRate: rate, medianMs } = endpointFigures(all);
    return atMost(
      `${setting}: cut-ins per cut-in of silence alone at the same median delay`,
      rate / cutInRateAt(curve, medianMs),
      0.5,
    );
  });
  const balanced = endpointFigures(ours[PATIENCES.indexOf("balanced")]?.turns ?? []);
  return {
    rows: [...rows, ...kindRows([...silence.filter(({ setting }) => /[57]00/.test(setting)), ...ours])],
    verdicts: [
      ...verdicts,
      atMost("balanced: median delay from the true end to the first audible sample, ms", balanced.medianMs, 350),
      atMost("balanced: p95 of the delay, ms", balanced.p95Ms, 900),
      atMost("balanced: cut-ins, % of the turns", balanced.cutInRate * 100, 5),
    ],
  };
}

/** From the end of speech as the detector saw it to the first samples of the reply. */
function replyReadyMs({ marks }: TakenTurn): number | undefined {
  const { speechEndedAtMs, firstPcmAtMs } = marks;
  return speechEndedAtMs === undefined || firstPcmAtMs === undefined ? undefined : firstPcmAtMs - speechEndedAtMs;
}

function answered(
  item: TurnItem,
  { cutIn, firstAudibleAtMs }: Pick<TakenTurn, "cutIn" | "firstAudibleAtMs">,
): AnsweredTurn {
  return { item, cutIn, delayMs: (firstAudibleAtMs ?? Number.POSITIVE_INFINITY) - item.endMs };
}

function answeredBySilence({ item, probabilities }: HeardTurn, thresholdMs: number, readyMs: number): AnsweredTurn {
  const { decidedAtMs, firstAudibleAtMs } = decideBySilence(probabilities, thresholdMs, readyMs);
  return answered(item, { cutIn: decidedAtMs !== undefined && decidedAtMs < item.endMs, firstAudibleAtMs });
}

/** Where the cut-ins are: by the kind of the pause, and by what is heard beside the user. */
function kindRows(
  settings: readonly { readonly setting: string; readonly turns: readonly AnsweredTurn[] }[],
): BenchRow[] {
  const groupings: readonly ((turn: AnsweredTurn) => string)[] = [
    ({ item }) => item.pauses[0]?.kind ?? "no pause",
    ({ item }) => (item.background === "none" ? "clean" : `${item.background} at ${item.snrDb} dB`),
    ({ item }) => item.speaker,
  ];
  return groupings.flatMap((grouping) => {
    const names = new Set(settings[0]?.turns.map(grouping));
    return [...names].map((name) => ({
      part: "cut-ins by kind, %",
      kind: name,
      turns: settings[0]?.turns.filter((turn) => grouping(turn) === name).length,
      ...Object.fromEntries(
        settings.map(({ setting, turns }) => [
          setting,
          cutInRate(turns.filter((turn) => grouping(turn) === name)) * 100,
        ]),
      ),
    }));
  });
}

/** How long the stages take, measured from the end of speech: once with the whole turn heard, so that cut-ins play no role. */
function recognitionRows(turns: readonly HeardTurn[]): BenchRow[] {
  const finalMs = turns.flatMap(({ item, waited }) => (waited.transcriptFinalAtMs ?? Number.NaN) - item.endMs);
  const known = finalMs.filter((ms) => !Number.isNaN(ms));
  const rows: BenchRow[] = [row("final transcript, from the true end", known)];
  for (const name of ["transcribe", "respond", "synthesize"] as const) {
    const bars = turns.flatMap(({ waited }) => latencyWaterfall(waited.marks).find((bar) => bar.name === name) ?? []);
    rows.push(
      row(
        `${name} takes`,
        bars.map(({ fromMs, toMs }) => toMs - fromMs),
      ),
    );
    rows.push(
      row(
        `${name} is done, from the end that was detected`,
        bars.map(({ toMs }) => toMs),
      ),
    );
  }
  for (const name of ["decide", "play"] as const) {
    const bars = turns.flatMap(
      ({ taken }) => latencyWaterfall(taken.balanced.marks).find((bar) => bar.name === name) ?? [],
    );
    rows.push(
      row(
        `${name} is done at balanced, from the end that was detected`,
        bars.map(({ toMs }) => toMs),
      ),
    );
  }
  return rows;
}

function row(what: string, valuesMs: readonly number[]): BenchRow {
  return {
    part: "recognition",
    what,
    turns: valuesMs.length,
    "p50 ms": quantile(valuesMs, 0.5),
    "p95 ms": quantile(valuesMs, 0.95),
  };
}

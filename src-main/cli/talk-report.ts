import { timeToFirstAudioMs, voiceToVoiceMs, type TurnMarks } from "../../src-shared/latency-report.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";

/** One turn of a talk report. Marks are ms on the recording's time line; what was not measured is null. */
export interface ReportedTurn {
  readonly transcript: string;
  readonly reply: string;
  /** What was heard of the reply. */
  readonly heard: string;
  readonly interrupted: boolean;
  readonly failure: string | null;
  readonly marks: TurnMarks;
  readonly voiceToVoiceMs: number | null;
  readonly ttfaMs: number | null;
  readonly player: StreamMetrics | null;
}

/** What `repartee talk --report` writes. */
export interface TalkReport {
  readonly turns: readonly ReportedTurn[];
  readonly totals: {
    readonly turns: number;
    readonly voiceToVoiceP50Ms: number | null;
    readonly voiceToVoiceP95Ms: number | null;
    readonly underruns: number;
    readonly underrunTotalMs: number;
    /** From the start of the command's own code to all engines loaded and warm. */
    readonly readyMs: number;
    /** Memory of the whole process, engines included, at the end. */
    readonly residentBytes: number;
  };
}

/** Sums a finished conversation up. `originAtMs`: session time of the recording's first sample. */
export function reportTalk(turns: readonly TurnView[], originAtMs: number, readyMs: number): TalkReport {
  const reported = turns.map((turn) => reportTurn(turn, originAtMs));
  const latencies = reported.flatMap((turn) => turn.voiceToVoiceMs ?? []).toSorted((a, b) => a - b);
  const sum = (pick: (player: StreamMetrics) => number) =>
    reported.reduce((total, { player }) => total + (player ? pick(player) : 0), 0);
  return {
    turns: reported,
    totals: {
      turns: turns.length,
      voiceToVoiceP50Ms: nearestRank(latencies, 0.5),
      voiceToVoiceP95Ms: nearestRank(latencies, 0.95),
      underruns: sum((player) => player.underruns),
      underrunTotalMs: sum((player) => player.underrunTotalMs),
      readyMs,
      residentBytes: process.memoryUsage.rss(),
    },
  };
}

function reportTurn(turn: TurnView, originAtMs: number): ReportedTurn {
  const marks = Object.fromEntries(Object.entries(turn.marks).map(([name, atMs]) => [name, atMs - originAtMs]));
  return {
    transcript: turn.transcript,
    reply: turn.reply,
    heard: turn.heard,
    interrupted: turn.interrupted,
    failure: turn.failure?.code ?? null,
    marks,
    voiceToVoiceMs: voiceToVoiceMs(turn.marks) ?? null,
    ttfaMs: timeToFirstAudioMs(turn.marks) ?? null,
    player: turn.player ?? null,
  };
}

function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

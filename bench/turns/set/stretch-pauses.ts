import { msToSamples, samplesToMs } from "../../../src-shared/audio-format.ts";

/** Speech ends where it stays this far below its loudest sample: -40 dB. */
const FLOOR_RATIO = 0.01;
/** The gap at a comma is at least this long, */
const SHORTEST_PAUSE_MS = 60;
/** and at least so much longer than the longest closure of a "p" or "t". */
const PAUSE_LEAD_RATIO = 1.2;
/** Nobody pauses so soon after the first sound or so shortly before the last one. */
const EDGE_MS = 200;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Speech whose pauses have the wanted lengths. Spans in samples. */
export interface PausedSpeech {
  readonly pcm: Float32Array;
  readonly pauses: readonly Span[];
}

/** First and last sample of the speech (`to` is exclusive). */
export function speechSpan(pcm: Float32Array): Span {
  const floor = floorOf(pcm);
  return {
    from: Math.max(
      0,
      pcm.findIndex((sample) => Math.abs(sample) > floor),
    ),
    to: pcm.findLastIndex((sample) => Math.abs(sample) > floor) + 1,
  };
}

/**
 * Cuts speech to its span and makes its pauses as long as wanted, in ms and in order. Undefined where it does not have as many that stand out.
 */
export function stretchPauses(
  spoken: Float32Array,
  rateHz: number,
  lengthsMs: readonly number[],
): PausedSpeech | undefined {
  const span = speechSpan(spoken);
  const speech = spoken.subarray(span.from, span.to);
  const runs = longestSilences(speech, lengthsMs.length, msToSamples(EDGE_MS, rateHz));
  const isClear = runs.every(({ from, to }) => samplesToMs(to - from, rateHz) >= SHORTEST_PAUSE_MS);
  if (!isClear || runs.length < lengthsMs.length) return undefined;
  const pieces: Float32Array[] = [];
  const pauses: Span[] = [];
  let length = 0;
  let from = 0;
  for (const [index, run] of runs.entries()) {
    pieces.push(speech.subarray(from, run.from), new Float32Array(msToSamples(lengthsMs[index] as number, rateHz)));
    const pauseFrom = length + run.from - from;
    length = pauseFrom + (pieces.at(-1) as Float32Array).length;
    pauses.push({ from: pauseFrom, to: length });
    from = run.to;
  }
  pieces.push(speech.subarray(from));
  const pcm = new Float32Array(length + speech.length - from);
  let offset = 0;
  for (const piece of pieces) {
    pcm.set(piece, offset);
    offset += piece.length;
  }
  return { pcm, pauses };
}

/** The longest stretches below the floor that are not within `edge` samples of either end, in order; fewer where some are hardly longer than those that are left out. */
function longestSilences(pcm: Float32Array, count: number, edge: number): Span[] {
  const floor = floorOf(pcm);
  const silences: Span[] = [];
  let from = 0;
  for (let index = 0; index < pcm.length; index++) {
    if (Math.abs(pcm[index] as number) <= floor) continue;
    if (index > from && from > edge && index < pcm.length - edge) silences.push({ from, to: index });
    from = index + 1;
  }
  const sorted = silences.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const next = sorted[count];
  return sorted
    .slice(0, count)
    .filter((silence) => next === undefined || lengthOf(silence) >= PAUSE_LEAD_RATIO * lengthOf(next))
    .toSorted((a, b) => a.from - b.from);
}

function lengthOf({ from, to }: Span): number {
  return to - from;
}

function floorOf(pcm: Float32Array): number {
  return pcm.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0) * FLOOR_RATIO;
}

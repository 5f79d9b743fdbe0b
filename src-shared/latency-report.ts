/**
 * Named instants of one turn, in ms on the session clock. A missing mark was not measured; it is never zero.
 * Source: docs/introduction.md, "Latency that means what it says".
 */
export interface TurnMarks {
  /** Time of the first speech sample of the user. */
  readonly speechStartedAtMs?: number;
  /** Time of the last speech sample of the user, not the time at which it was noticed. */
  readonly speechEndedAtMs?: number;
  readonly turnDecidedAtMs?: number;
  readonly transcriptFinalAtMs?: number;
  readonly firstTokenAtMs?: number;
  readonly firstSentenceAtMs?: number;
  /** First samples of the reply left the synthesizer. */
  readonly firstPcmAtMs?: number;
  /** The device block that first carried a non-silent sample of the reply, plus the reported output latency. */
  readonly firstAudibleAtMs?: number;
  readonly playbackEndedAtMs?: number;
}

/** Name of one {@link TurnMarks} mark. */
export type MarkName = keyof TurnMarks;

/** From the last sample of the user's speech to the first audible sample of the answer. */
export function voiceToVoiceMs(marks: TurnMarks): number | undefined {
  return span(marks.speechEndedAtMs, marks.firstAudibleAtMs);
}

/** From the request to speak (the first sentence of the reply) to its first audible sample. */
export function timeToFirstAudioMs(marks: TurnMarks): number | undefined {
  return span(marks.firstSentenceAtMs, marks.firstAudibleAtMs);
}

/** One bar of the latency waterfall, relative to the end of the user's speech. */
export interface WaterfallBar {
  readonly name: "transcribe" | "decide" | "respond" | "synthesize" | "play";
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Splits a turn into bars relative to `speechEndedAtMs` (to `turnDecidedAtMs` for a typed turn). Bars may overlap, because work is
 * speculative until the turn is decided; a bar with a missing end is left out.
 */
export function latencyWaterfall(marks: TurnMarks): WaterfallBar[] {
  const origin = marks.speechEndedAtMs ?? marks.turnDecidedAtMs;
  if (origin === undefined) return [];
  const bars: WaterfallBar[] = [];
  const add = (name: WaterfallBar["name"], from: number | undefined, to: number | undefined): void => {
    if (from !== undefined && to !== undefined && to >= from)
      bars.push({ name, fromMs: from - origin, toMs: to - origin });
  };
  add("transcribe", marks.speechEndedAtMs, marks.transcriptFinalAtMs);
  add("decide", marks.speechEndedAtMs, marks.turnDecidedAtMs);
  add("respond", marks.transcriptFinalAtMs ?? marks.turnDecidedAtMs, marks.firstSentenceAtMs);
  add("synthesize", marks.firstSentenceAtMs, marks.firstPcmAtMs);
  add("play", latest(marks.firstPcmAtMs, marks.turnDecidedAtMs), marks.firstAudibleAtMs);
  return bars;
}

function span(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

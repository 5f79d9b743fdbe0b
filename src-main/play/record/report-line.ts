/** What {@link parseTimingLine} found in a line. What the line does not say is missing. */
export interface ParsedTiming {
  readonly ttfaMs?: number;
  readonly generationMs?: number;
  readonly playbackMs?: number;
  /** Request to the end of playback. */
  readonly speakingMs?: number;
  readonly recordingMs?: number;
  readonly transcriptionMs?: number;
  /** Speaking, recording and transcription. */
  readonly totalMs?: number;
  readonly underruns?: number;
  readonly underrunTotalMs?: number;
  readonly stretchedMs?: number;
  readonly decodeErrors?: number;
}

type TimeName = Exclude<keyof ParsedTiming, "underruns" | "underrunTotalMs" | "decodeErrors">;

/** Every name that a time goes by: ours, and both sets of Voice Mode. */
const TIME_NAMES = new Map<string, TimeName>([
  ["ttfa", "ttfaMs"],
  ["gen", "generationMs"],
  ["tts_gen", "generationMs"],
  ["play", "playbackMs"],
  ["tts_play", "playbackMs"],
  ["tts_total", "speakingMs"],
  ["record", "recordingMs"],
  ["stt", "transcriptionMs"],
  ["total", "totalMs"],
  ["stretched", "stretchedMs"],
]);

/**
 * Reads the times and counts of a line of ours or of Voice Mode, old or new, into one set. In a line with a text in front of `Timing:` only what
 * follows the last one counts. Parts of another kind are passed over; undefined when there is no part that says anything.
 */
export function parseTimingLine(line: string): ParsedTiming | undefined {
  const found = partsOf(line).map(parsePart);
  const timing: ParsedTiming = Object.assign({}, ...found);
  return Object.keys(timing).length > 0 ? timing : undefined;
}

function partsOf(line: string): string[] {
  const marked =
    line
      .split(/\bTiming:/)
      .at(-1)
      ?.split("|")[0] ?? "";
  const inBrackets = /\(((?:gen|tts_gen|ttfa):[^()]*)\)\s*$/.exec(marked)?.[1];
  return (inBrackets ?? marked).split(/[,·]/).map((part) => part.trim());
}

function parsePart(part: string): ParsedTiming {
  const [, name = "", amount, unit] = /^(\w+):?\s+(\d+(?:\.\d+)?)\s*(ms|s)$/.exec(part) ?? [];
  const timeName = TIME_NAMES.get(name);
  if (timeName) return { [timeName]: inMs(amount, unit) };
  const [, errors] = /^(\d+) decode errors?$/.exec(part) ?? [];
  if (errors !== undefined) return { decodeErrors: Number(errors) };
  const [, underruns, gap, gapUnit] = /^(\d+) underruns?(?: \((\d+(?:\.\d+)?)(ms|s)\))?$/.exec(part) ?? [];
  if (underruns === undefined) return {};
  return { underruns: Number(underruns), underrunTotalMs: inMs(gap ?? "0", gapUnit) };
}

function inMs(amount: string | undefined, unit: string | undefined): number {
  return unit === "ms" ? Number(amount) : Math.round(Number(amount) * 1000);
}

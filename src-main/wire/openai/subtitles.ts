import type { TimedTranscript, TimedWord } from "../served-engines.ts";

/** Two lines of subtitles. */
const MOST_CUE_CHARACTERS = 84;
const MOST_CUE_MS = 7_000;

/** Text to show for a while. Times in ms from the start of the recording. */
interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** Subtitles in the format of SubRip. */
export function toSrt(transcript: TimedTranscript): string {
  return cuesOf(transcript)
    .map(
      ({ startMs, endMs, text }, index) => `${index + 1}\n${clock(startMs, ",")} --> ${clock(endMs, ",")}\n${text}\n`,
    )
    .join("\n");
}

/** Subtitles in the format WebVTT. */
export function toVtt(transcript: TimedTranscript): string {
  const cues = cuesOf(transcript).map(
    ({ startMs, endMs, text }) => `${clock(startMs, ".")} --> ${clock(endMs, ".")}\n${text}\n`,
  );
  return ["WEBVTT\n", ...cues].join("\n");
}

/** A cue for each sentence, or for as much of it as can be read at once; for a whole segment where the times of its words are not known. */
function cuesOf({ segments }: TimedTranscript): readonly Cue[] {
  return segments.flatMap((segment) => (segment.words.length === 0 ? [segment] : cuesOfWords(segment.words)));
}

function cuesOfWords(words: readonly TimedWord[]): readonly Cue[] {
  const cues: Cue[] = [];
  let cue: Cue | undefined;
  for (const { text, startMs, endMs } of words) {
    const grown: Cue = cue ? { startMs: cue.startMs, endMs, text: `${cue.text} ${text}` } : { startMs, endMs, text };
    const isTooLong = grown.text.length > MOST_CUE_CHARACTERS || grown.endMs - grown.startMs > MOST_CUE_MS;
    if (cue && isTooLong) cues.push(cue);
    cue = isTooLong ? { startMs, endMs, text } : grown;
    if (!/[.!?…]["'”’)]*$/.test(text)) continue;
    cues.push(cue);
    cue = undefined;
  }
  return cue ? [...cues, cue] : cues;
}

function clock(atMs: number, point: "." | ","): string {
  const ms = Math.max(0, Math.round(atMs));
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  const [hh, mm, ss] = [hours, minutes, seconds].map((part) => String(part).padStart(2, "0"));
  return `${hh}:${mm}:${ss}${point}${String(ms % 1000).padStart(3, "0")}`;
}

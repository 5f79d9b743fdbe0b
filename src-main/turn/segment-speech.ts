import { FRAME_MS } from "../../src-shared/audio-format.ts";
import { Endpointer } from "./endpointer.ts";

/** A stretch of speech in a recording. */
export interface SpeechSegment {
  readonly startMs: number;
  readonly endMs: number;
}

/** Pauses longer than this part segments. Long, because the recognizer needs context: a speaker who pauses for effect is still in a sentence. */
const LONGEST_JOINED_PAUSE_MS = 1_200;
/** Segments are joined up to this length and cut beyond it. The recognizer does best below 15 s. */
const LONGEST_SEGMENT_MS = 15_000;
/** Where to look for the quietest frame of a segment that has no pause. */
const CUT_SEARCH_MS = 5_000;
const LEAD_MS = 250;

/**
 * Finds the speech in a recording from its frames' speech probabilities, one for every FRAME_MS. Segments are at most 15 s long, in order,
 * without overlap, each with up to 250 ms before and after the speech.
 */
export function segmentSpeech(probabilities: readonly number[]): SpeechSegment[] {
  const stretches = joinShortPauses(findSpeech(probabilities));
  const pieces = stretches.flatMap((whole) => cutLong(whole, probabilities));
  const lengthMs = probabilities.length * FRAME_MS;
  let previousEndMs = 0;
  return pieces.map(({ startMs, endMs }, index) => {
    const nextStartMs = pieces[index + 1]?.startMs ?? lengthMs;
    const segment = {
      startMs: Math.max(previousEndMs, startMs - LEAD_MS),
      endMs: Math.min(nextStartMs, lengthMs, endMs + LEAD_MS),
    };
    previousEndMs = segment.endMs;
    return segment;
  });
}

function findSpeech(probabilities: readonly number[]): SpeechSegment[] {
  const endpointer = new Endpointer();
  const found: SpeechSegment[] = [];
  let startMs: number | undefined;
  for (const [frame, probability] of probabilities.entries()) {
    const event = endpointer.accept(probability, (frame + 1) * FRAME_MS);
    if (!event) continue;
    if (event.kind !== "speech-paused") startMs = event.atMs;
    else if (startMs !== undefined) {
      found.push({ startMs, endMs: event.speechEndedAtMs });
      startMs = undefined;
    }
  }
  if (startMs !== undefined) found.push({ startMs, endMs: probabilities.length * FRAME_MS });
  return found;
}

function joinShortPauses(stretches: readonly SpeechSegment[]): SpeechSegment[] {
  const joined: SpeechSegment[] = [];
  for (const stretch of stretches) {
    const last = joined.at(-1);
    const fits = last && stretch.endMs - last.startMs <= LONGEST_SEGMENT_MS;
    if (last && fits && stretch.startMs - last.endMs <= LONGEST_JOINED_PAUSE_MS) {
      joined[joined.length - 1] = { startMs: last.startMs, endMs: stretch.endMs };
    } else joined.push(stretch);
  }
  return joined;
}

/** Cuts a stretch without pauses where it is quietest. */
function cutLong(stretch: SpeechSegment, probabilities: readonly number[]): SpeechSegment[] {
  const pieces: SpeechSegment[] = [];
  let { startMs } = stretch;
  while (stretch.endMs - startMs > LONGEST_SEGMENT_MS) {
    const toFrame = Math.floor((startMs + LONGEST_SEGMENT_MS) / FRAME_MS);
    const fromFrame = toFrame - Math.floor(CUT_SEARCH_MS / FRAME_MS);
    let quietest = toFrame;
    for (let frame = toFrame; frame > fromFrame; frame--) {
      if ((probabilities[frame] as number) < (probabilities[quietest] as number)) quietest = frame;
    }
    const endMs = quietest * FRAME_MS;
    pieces.push({ startMs, endMs });
    startMs = endMs;
  }
  return [...pieces, { startMs, endMs: stretch.endMs }];
}

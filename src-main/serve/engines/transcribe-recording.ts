import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { StreamDetector } from "../../detect/silero-streams.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import { segmentSpeech } from "../../turn/segment-speech.ts";
import type { TimedTranscript } from "../../wire/served-engines.ts";
import { placeWords } from "./align-words.ts";
import type { SharedTranscriber } from "./shared-transcriber.ts";
import { splitWords } from "./words-behind.ts";

/** What a recording is written down with. */
export interface RecordingEngines {
  readonly detector: Pick<StreamDetector, "open">;
  readonly transcriber: Pick<SharedTranscriber, "transcribe">;
  readonly aligner: WordAligner;
}

/** Frames detected at once: two seconds of audio, after which other streams have their turn. */
const MOST_FRAMES = 64;

/** See `ServedEngines.transcribe`. Rejects with the signal's reason when aborted. */
export async function transcribeRecording(
  engines: RecordingEngines,
  pcm: Float32Array,
  words: boolean,
  signal: AbortSignal,
): Promise<Outcome<TimedTranscript>> {
  const probabilities = await detectAll(engines.detector, pcm, signal);
  if (!probabilities.ok) return probabilities;
  const segments: TimedTranscript["segments"][number][] = [];
  const durationMs = samplesToMs(pcm.length, RECOGNITION_RATE_HZ);
  for (const stretch of segmentSpeech(probabilities.value)) {
    const { startMs } = stretch;
    const endMs = Math.min(stretch.endMs, durationMs);
    const piece = pcm.slice((startMs * RECOGNITION_RATE_HZ) / 1000, (endMs * RECOGNITION_RATE_HZ) / 1000);
    const transcript = await engines.transcriber.transcribe(() => ({ pcm: piece }), false, signal);
    if (!transcript.ok) return transcript;
    const { text, tokenLogProbabilities } = transcript.value;
    if (text === "") continue;
    segments.push({
      startMs,
      endMs,
      text,
      meanLogProbability: mean(tokenLogProbabilities),
      words: words ? await placeWords(engines.aligner, { startMs, pcm: piece }, splitWords(text), signal) : [],
    });
  }
  return succeeded({ text: segments.map(({ text }) => text).join(" "), durationMs, segments });
}

async function detectAll(
  detector: Pick<StreamDetector, "open">,
  pcm: Float32Array,
  signal: AbortSignal,
): Promise<Outcome<readonly number[]>> {
  const stream = detector.open();
  const probabilities: number[] = [];
  const step = MOST_FRAMES * RECOGNITION_FRAME_SAMPLES;
  try {
    for (let start = 0; start < pcm.length; start += step) {
      const piece = pcm.subarray(start, start + step);
      const frames = new Float32Array(Math.ceil(piece.length / RECOGNITION_FRAME_SAMPLES) * RECOGNITION_FRAME_SAMPLES);
      frames.set(piece);
      const detected = await stream.detect(frames);
      signal.throwIfAborted();
      if (!detected.ok) return detected;
      probabilities.push(...detected.value);
    }
  } finally {
    stream.close();
  }
  return succeeded(probabilities);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

import { samplesToMs, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { FailureError, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { StreamDetector } from "../../detect/detect-engine.ts";
import type { WordAligner } from "../../transcribe/soundswallower-aligner.ts";
import { meanLogProbability } from "../../turn/words/transcript-confidence.ts";
import type { TimedTranscript } from "../../wire/served-engines.ts";
import { placeWords } from "./align-words.ts";
import { findSpeech } from "./find-speech.ts";
import type { SharedTranscriber } from "./shared-transcriber.ts";
import { splitWords } from "./words-behind.ts";

/** What a recording is written down with. */
export interface RecordingEngines {
  readonly detector: Pick<StreamDetector, "open">;
  readonly transcriber: Pick<SharedTranscriber, "transcribe">;
  readonly aligner: WordAligner;
}

/**
 * Writes a recording down while it comes, and holds no more of it than a minute. `recording`: mono at RECOGNITION_RATE_HZ in pieces; a
 * FailureError that it throws is the outcome. Otherwise as `ServedEngines.transcribe`.
 */
export async function transcribeRecording(
  { detector, transcriber, aligner }: RecordingEngines,
  recording: AsyncIterable<Float32Array>,
  words: boolean,
  signal: AbortSignal,
): Promise<Outcome<TimedTranscript>> {
  const segments: TimedTranscript["segments"][number][] = [];
  let samples = 0;
  async function* counted(): AsyncGenerator<Float32Array> {
    for await (const pcm of recording) {
      signal.throwIfAborted();
      samples += pcm.length;
      yield pcm;
    }
  }
  try {
    for await (const { startMs, pcm } of findSpeech(detector, counted())) {
      const transcript = await transcriber.transcribe(() => ({ pcm }), false, signal);
      if (!transcript.ok) return transcript;
      const { text } = transcript.value;
      if (text === "") continue;
      segments.push({
        startMs,
        endMs: startMs + samplesToMs(pcm.length, RECOGNITION_RATE_HZ),
        text,
        meanLogProbability: meanLogProbability(transcript.value) ?? 0,
        words: words ? await placeWords(aligner, { startMs, pcm }, splitWords(text), signal) : [],
      });
    }
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
  const durationMs = samplesToMs(samples, RECOGNITION_RATE_HZ);
  return succeeded({ text: segments.map(({ text }) => text).join(" "), durationMs, segments });
}

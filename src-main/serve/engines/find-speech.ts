import { FRAME_MS, RECOGNITION_FRAME_SAMPLES } from "../../../src-shared/audio-format.ts";
import { FailureError } from "../../../src-shared/failure.ts";
import type { StreamDetector } from "../../detect/detect-engine.ts";
import { segmentSpeech, type SpeechSegment } from "../../turn/segment-speech.ts";
import type { PlacedAudio } from "./align-words.ts";
import { AudioWindow } from "./audio-window.ts";

/** Detected at once: 64 frames, which are two seconds of audio, after which other streams have their turn. */
const MOST_SAMPLES = 64 * RECOGNITION_FRAME_SAMPLES;
/** Held before it is looked for speech in. */
const WINDOW_MS = 60_000;
/** What ended so long before the end of the window is not continued behind it, and nothing that begins there begins sooner. */
const SETTLED_MS = 2_000;

/**
 * The stretches of speech in a recording, each with its audio, while the recording comes: the same that `segmentSpeech` finds in all of it.
 * `recording`: mono at RECOGNITION_RATE_HZ in any pieces. Throws a FailureError with detect-failed or model-*, and what `recording` throws.
 */
export async function* findSpeech(
  detector: Pick<StreamDetector, "open">,
  recording: AsyncIterable<Float32Array>,
): AsyncGenerator<PlacedAudio> {
  const stream = detector.open();
  const audio = new AudioWindow(0);
  let probabilities: number[] = [];
  try {
    for await (const { frames, samples } of inFrames(recording)) {
      audio.append(frames.slice(0, samples));
      const detected = await stream.detect(frames);
      if (!detected.ok) throw new FailureError(detected.failure);
      probabilities.push(...detected.value);
      if (audio.endMs - audio.startMs < WINDOW_MS) continue;
      const { startMs } = audio;
      const { stretches, goOnFromFrame } = settled(probabilities);
      yield* cut(audio, startMs, stretches);
      probabilities = probabilities.slice(goOnFromFrame);
      audio.startAt(startMs + goOnFromFrame * FRAME_MS);
    }
    yield* cut(audio, audio.startMs, segmentSpeech(probabilities));
  } finally {
    stream.close();
  }
}

/** The stretches that more audio will not change, and from where to look anew. */
function settled(probabilities: readonly number[]): { stretches: readonly SpeechSegment[]; goOnFromFrame: number } {
  const settledMs = probabilities.length * FRAME_MS - SETTLED_MS;
  const stretches = segmentSpeech(probabilities);
  const last = stretches.at(-1);
  const isOpen = last !== undefined && last.endMs > settledMs;
  const goOnFromMs = isOpen ? Math.min(last.startMs, settledMs) : settledMs;
  return { stretches: isOpen ? stretches.slice(0, -1) : stretches, goOnFromFrame: Math.floor(goOnFromMs / FRAME_MS) };
}

function* cut(audio: AudioWindow, startMs: number, stretches: readonly SpeechSegment[]): Generator<PlacedAudio> {
  for (const stretch of stretches) {
    audio.startAt(startMs + stretch.startMs);
    yield { startMs: startMs + stretch.startMs, pcm: audio.copy(startMs + stretch.endMs) };
  }
}

/** Cut into MOST_SAMPLES at a time, the last frame filled up with silence. `samples`: how many there are without it. `frames` may be given away. */
async function* inFrames(
  recording: AsyncIterable<Float32Array>,
): AsyncGenerator<{ readonly frames: Float32Array<ArrayBuffer>; readonly samples: number }> {
  let frames = new Float32Array(MOST_SAMPLES);
  let samples = 0;
  for await (const pcm of recording) {
    for (let at = 0; at < pcm.length;) {
      const count = Math.min(pcm.length - at, MOST_SAMPLES - samples);
      frames.set(pcm.subarray(at, at + count), samples);
      at += count;
      samples += count;
      if (samples < MOST_SAMPLES) break;
      yield { frames, samples };
      frames = new Float32Array(MOST_SAMPLES);
      samples = 0;
    }
  }
  const rest = Math.ceil(samples / RECOGNITION_FRAME_SAMPLES) * RECOGNITION_FRAME_SAMPLES;
  if (samples > 0) yield { frames: frames.slice(0, rest), samples };
}

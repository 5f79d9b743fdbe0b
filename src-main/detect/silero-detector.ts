import { RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import type { VoiceDetector } from "../turn/ports.ts";
import { QuietRoom } from "./quiet-room.ts";
import { createDetectEngine, type DetectOptions, type ProsodyJudge, type StreamDetector } from "./detect-engine.ts";

/** Frames of a quiet room that the model is shown first when something is heard again: a second. */
const LEAD_FRAMES = 31;

/** Silero VAD for a single stream, a frame at a time, with the network for the prosody: see {@link createDetectEngine} and {@link frameByFrame}. */
export function createSileroDetector(
  options: DetectOptions,
): VoiceDetector & ProsodyJudge & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const engine = createDetectEngine(options);
  return {
    ...frameByFrame(engine),
    ready: engine.ready,
    judgeProsody: (pcm, signal) => engine.judgeProsody(pcm, signal),
    close: () => engine.close(),
  };
}

/**
 * A stream that is heard a frame at a time. Frames of a quiet room have the probability 0 and do not wake the detector's thread; with the first
 * that is louder it goes on from a second before, in the state in which it was: a model that begins anew takes more of a babble for speech.
 * Closing it ends the stream alone.
 */
export function frameByFrame(detector: Pick<StreamDetector, "open">): VoiceDetector {
  const room = new QuietRoom();
  const stream = detector.open();
  let unseen: Float32Array[] = [];
  let looks = 0;
  return {
    detect: async (frame) => {
      if (frame.length !== RECOGNITION_FRAME_SAMPLES) {
        return failed("detect-failed", "detect", "a frame is 512 finite samples", true);
      }
      if (room.isQuiet(frame) && looks === 0) {
        unseen = [...unseen.slice(1 - LEAD_FRAMES), frame.slice()];
        return succeeded(0);
      }
      const frames = new Float32Array((unseen.length + 1) * RECOGNITION_FRAME_SAMPLES);
      for (const [at, heard] of [...unseen, frame].entries()) frames.set(heard, at * RECOGNITION_FRAME_SAMPLES);
      unseen = [];
      looks++;
      const detected = await stream.detect(frames);
      looks--;
      if (!detected.ok) return detected;
      const probability = detected.value.at(-1) as number;
      room.judge(probability);
      return succeeded(probability);
    },
    close: async () => stream.close(),
  };
}

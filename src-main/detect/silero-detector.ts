import { RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { EngineLoad } from "../models/engine-host.ts";
import type { VoiceDetector } from "../turn/ports.ts";
import { createSileroStreams, type DetectorStream, type SileroOptions } from "./silero-streams.ts";

/** Silero VAD for a single stream, a frame at a time: see {@link createSileroStreams}. */
export function createSileroDetector(
  options: SileroOptions,
): VoiceDetector & { readonly ready: Promise<Outcome<EngineLoad>> } {
  const detector = createSileroStreams(options);
  return { ...frameByFrame(detector.open()), ready: detector.ready, close: () => detector.close() };
}

/** A stream that is heard a frame at a time. Closing it ends the stream alone. */
export function frameByFrame(stream: DetectorStream): VoiceDetector {
  return {
    detect: async (frame) => {
      if (frame.length !== RECOGNITION_FRAME_SAMPLES) {
        return failed("detect-failed", "detect", "a frame is 512 finite samples", true);
      }
      const detected = await stream.detect(frame.slice());
      return detected.ok ? succeeded(detected.value[0] as number) : detected;
    },
    close: async () => stream.close(),
  };
}

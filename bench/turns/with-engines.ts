import { createSileroDetector } from "../../src-main/detect/silero-detector.ts";
import { createFliteSynthesizer } from "../../src-main/speak/flite-synthesizer.ts";
import { createMoonshineTranscriber } from "../../src-main/transcribe/moonshine-transcriber.ts";
import type { RealEngines } from "./virtual/engine-memory.ts";

/** Does something with the embedded engines, loaded and warm, and closes them. */
export async function withEngines<T>(use: (engines: RealEngines) => Promise<T>): Promise<T> {
  const engines = {
    detector: createSileroDetector({}),
    transcriber: createMoonshineTranscriber({}),
    synthesizer: createFliteSynthesizer({}),
  };
  try {
    await Promise.all([engines.detector.ready, engines.transcriber.ready, engines.synthesizer.ready]);
    return await use(engines);
  } finally {
    await Promise.all([engines.detector.close(), engines.transcriber.close(), engines.synthesizer.close()]);
  }
}

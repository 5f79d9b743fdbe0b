import { succeeded, type Failure } from "../../src-shared/failure.ts";
import type { SpeechRequest, Synthesizer } from "../turn/ports.ts";
import { RingSpeech } from "./ring-speech.ts";

/**
 * A synthesizer on another machine. `receive` has one sentence spoken and puts it into `speech`; its result is why that failed. It throws the
 * signal's reason once nobody wants the sentence any more, which is no failure.
 */
export function distantSynthesizer(
  receive: (request: SpeechRequest, speech: RingSpeech, signal: AbortSignal) => Promise<Failure | undefined>,
): Synthesizer {
  const closing = new AbortController();
  return {
    async speak(request) {
      const speech = new RingSpeech(request);
      const signal = AbortSignal.any([speech.signal, closing.signal]);
      try {
        const problem = await receive(request, speech, signal);
        return problem ? { ok: false, failure: problem } : succeeded(speech.finish());
      } catch (error) {
        if (signal.aborted) return succeeded(speech.finish());
        throw error;
      } finally {
        speech.finish();
      }
    },
    close: async () => closing.abort(),
  };
}

import { succeeded, type Failure, type Outcome } from "../../src-shared/failure.ts";
import type { SpeechRequest, SpeechTarget, SpokenSentence } from "../turn/ports.ts";
import { RingSpeech } from "./ring-speech.ts";

/** See {@link distantSynthesizer}. */
export interface DistantSynthesizer<Request> {
  /** An aborted request answers with what was written until then. */
  speak(request: Request, signal?: AbortSignal): Promise<Outcome<SpokenSentence>>;
  close(): Promise<void>;
}

/**
 * A synthesizer on another machine. `receive` has one sentence, or what else a request stands for, spoken and puts it into `speech`; its result is
 * why that failed. It throws the signal's reason once nobody wants it any more, which is no failure.
 */
export function distantSynthesizer<Request extends Pick<SpeechTarget, "ring" | "generation"> = SpeechRequest>(
  receive: (request: Request, speech: RingSpeech, signal: AbortSignal) => Promise<Failure | undefined>,
): DistantSynthesizer<Request> {
  const closing = new AbortController();
  return {
    async speak(request, aborted) {
      const speech = new RingSpeech(request);
      const signal = AbortSignal.any([speech.signal, closing.signal, ...(aborted ? [aborted] : [])]);
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

import { failed, type Outcome } from "../../src-shared/failure.ts";
import { ChosenEngine, type ChosenEngineOptions, type EngineChoice } from "../chosen-engine.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../turn/ports.ts";

/** See {@link ChosenTranscriber}. */
export interface ChosenTranscriberOptions<Choice extends EngineChoice> extends ChosenEngineOptions<
  Choice,
  Transcriber
> {
  readonly embedded: Transcriber;
}

/**
 * The recognizer that the user has chosen, with the embedded one in its place where it fails and the user wants that. Codes:
 * transcribe-failed, model-*.
 */
export class ChosenTranscriber<Choice extends EngineChoice> implements Transcriber {
  readonly #embedded: Transcriber;
  readonly #chosen: ChosenEngine<Choice, Transcriber>;

  constructor(options: ChosenTranscriberOptions<Choice>) {
    this.#embedded = options.embedded;
    this.#chosen = new ChosenEngine(options);
  }

  /** Takes note of a changed choice now rather than at the next request. */
  follow(): void {
    this.#chosen.follow();
  }

  async transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> {
    const transcript = await this.#chosen.ask((engine) => engine.transcribe(request, signal));
    if (!transcript) return this.#embedded.transcribe(request, signal);
    if (transcript.ok) return transcript;
    const { detail, retryable } = transcript.failure;
    return failed("transcribe-failed", "transcribe", detail, retryable);
  }

  async close(): Promise<void> {
    await Promise.all([this.#embedded.close(), this.#chosen.close()]);
  }
}

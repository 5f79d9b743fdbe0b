import { failed, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ChosenEngine, type ChosenEngineOptions, type EngineChoice } from "../chosen-engine.ts";
import type { SpeechRequest, SpokenSentence, Synthesizer } from "../turn/ports.ts";

/** See {@link ChosenSynthesizer}. */
export interface ChosenSynthesizerOptions<Choice extends EngineChoice> extends ChosenEngineOptions<
  Choice,
  Synthesizer
> {
  readonly embedded: Synthesizer;
}

/**
 * The voice that the user has chosen, with the embedded one in its place where it fails and the user wants that. Nothing is spoken twice: a
 * sentence that broke off stays in the ring as far as it came, and is a failure. Codes: speak-failed, model-*.
 */
export class ChosenSynthesizer<Choice extends EngineChoice> implements Synthesizer {
  readonly #embedded: Synthesizer;
  readonly #chosen: ChosenEngine<Choice, Synthesizer>;

  constructor(options: ChosenSynthesizerOptions<Choice>) {
    this.#embedded = options.embedded;
    this.#chosen = new ChosenEngine(options);
  }

  /** Takes note of a changed choice now rather than at the next request. */
  follow(): void {
    this.#chosen.follow();
  }

  async speak(request: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    const { generation } = request;
    const ring = new PcmRing(request.ring);
    const before = ring.writtenSamples(generation);
    const spoken = await this.#chosen.ask((engine) => engine.speak(request), {
      proves: ({ samples }) => samples > 0,
      isReplaceable: () => ring.generation === generation && ring.writtenSamples(generation) === before,
    });
    if (!spoken) return this.#embedded.speak(request);
    if (spoken.ok) return spoken;
    const { detail, retryable } = spoken.failure;
    return failed("speak-failed", "speak", detail, retryable);
  }

  async close(): Promise<void> {
    await Promise.all([this.#embedded.close(), this.#chosen.close()]);
  }
}

import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import { ChosenEngine, type ChosenEngineOptions, type EngineChoice } from "../chosen-engine.ts";
import { nowMs } from "../session-clock.ts";
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
 * sentence that broke off stays as it is in the ring and counts as spoken up to there; why is told by `onChange`, and the next sentence is
 * spoken as usual. Codes: speak-failed, model-*.
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
    const ring = new PcmRing(request.ring, nowMs);
    const before = ring.writtenSamples(generation);
    const spoken = await this.#chosen.ask(
      (engine) => engine.speak(request),
      ({ samples }) => samples > 0,
    );
    if (spoken?.ok) return spoken;
    const samples = ring.writtenSamples(generation) - before;
    if (samples > 0 || ring.generation !== generation) return succeeded(brokenOff(Math.max(0, samples), ring));
    if (!spoken) return this.#embedded.speak(request);
    const { detail, retryable } = spoken.failure;
    return failed("speak-failed", "speak", detail, retryable);
  }

  async close(): Promise<void> {
    await Promise.all([this.#embedded.close(), this.#chosen.close()]);
  }
}

function brokenOff(samples: number, ring: PcmRing): SpokenSentence {
  const { firstWriteAtMs, lastWriteAtMs } = ring;
  return { samples, chunks: 1, words: [], firstPcmAtMs: firstWriteAtMs, lastPcmAtMs: lastWriteAtMs };
}

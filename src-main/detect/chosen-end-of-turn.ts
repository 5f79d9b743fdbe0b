import type { Outcome } from "../../src-shared/failure.ts";
import { ChosenEngine, type ChosenEngineOptions, type EngineChoice } from "../chosen-engine.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../turn/ports.ts";

/** See {@link ChosenEndOfTurn}. */
export interface ChosenEndOfTurnOptions<Choice> extends Omit<
  ChosenEngineOptions<Choice & EngineChoice, EndOfTurnPredictor>,
  "choice"
> {
  readonly choice: () => Choice;
  readonly embedded: EndOfTurnPredictor;
}

/** The predictor that the user has chosen. Where it fails, the embedded predictor answers in its place. */
export class ChosenEndOfTurn<Choice> implements EndOfTurnPredictor {
  readonly #embedded: EndOfTurnPredictor;
  readonly #chosen: ChosenEngine<Choice & EngineChoice, EndOfTurnPredictor>;

  constructor(options: ChosenEndOfTurnOptions<Choice>) {
    this.#embedded = options.embedded;
    const choice = () => ({ ...options.choice(), useEmbeddedOnFailure: true });
    this.#chosen = new ChosenEngine({ ...options, choice });
  }

  /** Takes note of a changed choice now rather than with the next frame. */
  follow(): void {
    this.#chosen.follow();
  }

  begin(): void {
    this.#embedded.begin();
    this.#chosen.follow()?.begin();
  }

  hear(frame: Float32Array): void {
    this.#embedded.hear(frame);
    this.#chosen.follow()?.hear(frame);
  }

  async predict(evidence: PauseEvidence, signal: AbortSignal): Promise<Outcome<number>> {
    const predicted = await this.#chosen.ask((predictor) => predictor.predict(evidence, signal));
    return predicted ?? this.#embedded.predict(evidence, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#embedded.close(), this.#chosen.close()]);
  }
}

import type { Failure, Outcome } from "../../src-shared/failure.ts";
import type { Settings } from "../../src-shared/settings.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../turn/ports.ts";

/** Names the predictors. */
type Choice = Settings["endOfTurn"];

/** See {@link ChosenEndOfTurn}. */
export interface ChosenEndOfTurnOptions {
  /** The user's choice, read at the beginning of every utterance. */
  readonly choice: () => Choice;
  readonly create: Readonly<Record<Choice, () => EndOfTurnPredictor>>;
  /** Told once when a chosen model cannot be used, and with undefined at every change of the choice. */
  readonly onChange: (failure: Failure | undefined) => void;
}

/** The predictor that the user has chosen. Where a downloaded model fails, the embedded predictor answers in its place. */
export class ChosenEndOfTurn implements EndOfTurnPredictor {
  readonly #options: ChosenEndOfTurnOptions;
  readonly #embedded: EndOfTurnPredictor;
  #choice: Choice = "embedded";
  #chosen: EndOfTurnPredictor;
  #hasFailed = false;

  constructor(options: ChosenEndOfTurnOptions) {
    this.#options = options;
    this.#embedded = options.create.embedded();
    this.#chosen = this.#embedded;
  }

  begin(): void {
    this.#follow();
    this.#embedded.begin();
    if (this.#chosen !== this.#embedded) this.#chosen.begin();
  }

  hear(frame: Float32Array): void {
    this.#embedded.hear(frame);
    if (this.#chosen !== this.#embedded) this.#chosen.hear(frame);
  }

  async predict(evidence: PauseEvidence, signal: AbortSignal): Promise<Outcome<number>> {
    const chosen = this.#chosen;
    if (chosen === this.#embedded || this.#hasFailed) return this.#embedded.predict(evidence, signal);
    const predicted = await chosen.predict(evidence, signal);
    if (predicted.ok) return predicted;
    if (chosen === this.#chosen && !this.#hasFailed) {
      this.#hasFailed = true;
      this.#options.onChange(predicted.failure);
    }
    return this.#embedded.predict(evidence, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#embedded.close(), this.#chosen === this.#embedded ? undefined : this.#chosen.close()]);
  }

  #follow(): void {
    const choice = this.#options.choice();
    if (choice === this.#choice) return;
    if (this.#chosen !== this.#embedded) void this.#chosen.close();
    this.#choice = choice;
    this.#hasFailed = false;
    this.#options.onChange(undefined);
    this.#chosen = choice === "embedded" ? this.#embedded : this.#options.create[choice]();
  }
}

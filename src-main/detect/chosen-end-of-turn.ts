import type { Outcome } from "../../src-shared/failure.ts";
import { ChosenEngine, type ChosenEngineOptions, type EngineChoice } from "../chosen-engine.ts";
import type { EndOfTurnPredictor, PauseEvidence } from "../turn/ports.ts";

/** See {@link ChosenEndOfTurn}. */
export interface ChosenEndOfTurnOptions<Choice> extends Omit<
  ChosenEngineOptions<Choice & EngineChoice, EndOfTurnPredictor>,
  "choice"
> {
  readonly choice: () => Choice;
}

/** The predictor that the user has chosen. Where it fails, the embedded predictor answers in its place. */
export class ChosenEndOfTurn<Choice>
  extends ChosenEngine<Choice & EngineChoice, EndOfTurnPredictor>
  implements EndOfTurnPredictor
{
  constructor(options: ChosenEndOfTurnOptions<Choice>) {
    super({ ...options, choice: () => ({ ...options.choice(), useEmbeddedOnFailure: true }) });
  }

  begin(): void {
    this.embedded.begin();
    this.follow()?.begin();
  }

  hear(frame: Float32Array): void {
    this.embedded.hear(frame);
    this.follow()?.hear(frame);
  }

  predict(evidence: PauseEvidence, signal: AbortSignal): Promise<Outcome<number>> {
    return this.ask((predictor) => predictor.predict(evidence, signal));
  }
}

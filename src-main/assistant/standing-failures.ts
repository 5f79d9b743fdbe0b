import type { Failure, FailureStage } from "../../src-shared/failure.ts";

/** What does not work until further notice, as the window shows it. */
export class StandingFailures {
  engine: Failure | undefined;
  microphone: Failure | undefined;
  /** Stands until the next page brings a speaker. */
  output: Failure | undefined;
  readonly #substitutions = new Map<FailureStage, Failure>();

  /** A stage failed outside any turn. An engine that can be asked again was started anew: its failure does not stand. */
  note(reason: Failure): void {
    if (reason.stage === "play") this.output = reason;
    else if (!reason.retryable) this.engine = reason;
  }

  /** Something in a stage does not work as chosen; undefined when it does again. */
  noteSubstitution(stage: FailureStage, reason: Failure | undefined): void {
    if (reason) this.#substitutions.set(stage, reason);
    else this.#substitutions.delete(stage);
  }

  /** What keeps the assistant from hearing or speaking. A muted microphone need not work. */
  worstWhile(isMuted: boolean): Failure | undefined {
    return this.engine ?? this.output ?? (isMuted ? undefined : this.microphone);
  }

  /** The worst, or the oldest substitution with the details of all. */
  get shown(): Failure | undefined {
    const all = [...this.#substitutions.values()];
    return this.worstWhile(false) ?? (all[0] && { ...all[0], detail: all.map(({ detail }) => detail).join("; ") });
  }
}

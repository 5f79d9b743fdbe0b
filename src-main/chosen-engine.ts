import { failed, type Failure, type FailureCode, type FailureStage, type Outcome } from "../src-shared/failure.ts";
import { nowMs } from "./session-clock.ts";

/** After a failure the engine is not asked for so long. */
const REST_MS = 30_000;

/** What the user has chosen, as far as the engine is made of it: plain data. */
export interface EngineChoice {
  /** Whether the embedded engine answers what the chosen one could not. */
  readonly useEmbeddedOnFailure: boolean;
}

/** See {@link ChosenEngine}. */
export interface ChosenEngineOptions<Choice extends EngineChoice, Engine> {
  /** Answers where no other engine is chosen, or the chosen one cannot. */
  readonly embedded: Engine;
  /** What is chosen now. */
  readonly choice: () => Choice;
  /** Makes the engine that is chosen; undefined for the embedded one. */
  readonly create: (choice: Choice) => Engine | undefined;
  /** Told why the chosen engine could not answer, each time; undefined once it answers again, or another one is chosen. */
  readonly onChange: (failure: Failure | undefined) => void;
  /** The session clock unless told. */
  readonly nowMs?: () => number;
}

/** See {@link ChosenEngine.ask}. */
interface AskOptions<T> {
  /** What a failure of the chosen engine is called when it is passed on. */
  readonly failsAs?: { readonly code: FailureCode; readonly stage: FailureStage };
  /** Whether an answer shows that the engine works; any does unless told. */
  readonly proves?: (answer: T) => boolean;
  /** Whether another engine can still answer after a failure; it can unless told. */
  readonly isReplaceable?: () => boolean;
}

interface MadeEngine<Engine> {
  readonly engine: Engine;
  /** Requests under way. */
  running: number;
  isChosen: boolean;
}

/**
 * The engine that the user has chosen, beside the embedded one; each port has a class of its own on top. It is made when it is needed and
 * again when the choice changes; the one before is closed as soon as it has answered what it was asked. After a failure the embedded engine
 * answers, if the user wants that, and the chosen one is asked again after 30 s, made anew if its model was not there.
 */
export abstract class ChosenEngine<Choice extends EngineChoice, Engine extends { close(): Promise<void> }> {
  readonly #options: ChosenEngineOptions<Choice, Engine>;
  readonly #nowMs: () => number;
  readonly #made = new Set<MadeEngine<Engine>>();
  #current: MadeEngine<Engine> | undefined;
  #choice: string | undefined;
  #hasFailed = false;
  /** An engine looks for its model once: with a model that came later, another one is made. */
  #lacksModel = false;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: ChosenEngineOptions<Choice, Engine>) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? nowMs;
  }

  protected get embedded(): Engine {
    return this.#options.embedded;
  }

  /** Takes note of a changed choice now rather than at the next request. The engine that is chosen; undefined for the embedded one. */
  follow(): Engine | undefined {
    const choice = this.#options.choice();
    const key = JSON.stringify(choice);
    const isChanged = key !== this.#choice;
    if (this.#isClosed || (!isChanged && !(this.#lacksModel && this.#isRested))) return this.#current?.engine;
    this.#choice = key;
    if (isChanged) this.#worked();
    return this.#make(choice);
  }

  /**
   * Has the chosen engine answer, or the embedded one: where that is chosen, or the other one has failed just now or lately. A failure is
   * passed on where the user does not want that, or it cannot be.
   */
  protected async ask<T>(
    request: (engine: Engine) => Promise<Outcome<T>>,
    options: AskOptions<T> = {},
  ): Promise<Outcome<T>> {
    const answer = await this.#askChosen(request, options);
    if (!answer) return request(this.embedded);
    const { failsAs } = options;
    if (answer.ok || !failsAs) return answer;
    return failed(failsAs.code, failsAs.stage, answer.failure.detail, answer.failure.retryable);
  }

  /** Undefined when the embedded engine is to answer. */
  async #askChosen<T>(
    request: (engine: Engine) => Promise<Outcome<T>>,
    { proves = () => true, isReplaceable = () => true }: AskOptions<T>,
  ): Promise<Outcome<T> | undefined> {
    const { choice } = this.#options;
    this.follow();
    const asked = this.#current;
    if (!asked || this.#isClosed) return undefined;
    if (choice().useEmbeddedOnFailure && !this.#isRested) return undefined;
    asked.running += 1;
    try {
      const answer = await request(asked.engine);
      if (answer.ok) {
        if (asked.isChosen && proves(answer.value)) this.#worked();
        return answer;
      }
      if (asked.isChosen) this.#failed(answer.failure);
      return choice().useEmbeddedOnFailure && isReplaceable() ? undefined : answer;
    } catch (error) {
      if (this.#isClosed) return undefined;
      throw error;
    } finally {
      asked.running -= 1;
      this.#closeIfDone(asked);
    }
  }

  /** Closes what was made, at once, and the embedded engine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.embedded, ...[...this.#made].map(({ engine }) => engine)].map((engine) => engine.close()));
  }

  get #isRested(): boolean {
    return this.#nowMs() >= this.#restsUntilMs;
  }

  #make(choice: Choice): Engine | undefined {
    this.#retire();
    this.#lacksModel = false;
    const engine = this.#options.create(choice);
    if (!engine) return undefined;
    this.#current = { engine, running: 0, isChosen: true };
    this.#made.add(this.#current);
    return engine;
  }

  #worked(): void {
    this.#restsUntilMs = Number.NEGATIVE_INFINITY;
    if (this.#hasFailed) this.#options.onChange(undefined);
    this.#hasFailed = false;
  }

  #failed(reason: Failure): void {
    if (this.#isClosed) return;
    this.#hasFailed = true;
    this.#lacksModel = reason.code === "model-missing" || reason.code === "model-corrupt";
    this.#restsUntilMs = this.#nowMs() + REST_MS;
    this.#options.onChange(reason);
  }

  #retire(): void {
    const retired = this.#current;
    this.#current = undefined;
    if (!retired) return;
    retired.isChosen = false;
    this.#closeIfDone(retired);
  }

  #closeIfDone(made: MadeEngine<Engine>): void {
    if (made.isChosen || made.running > 0 || !this.#made.delete(made)) return;
    void made.engine.close();
  }
}

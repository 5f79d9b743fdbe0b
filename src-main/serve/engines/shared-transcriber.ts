import type { Outcome } from "../../../src-shared/failure.ts";
import type { Transcriber, Transcript, TranscriptionRequest } from "../../turn/ports.ts";

/** Gives the audio when its turn has come, so that it is always the newest. */
export type TakeRequest = () => TranscriptionRequest;

interface Waiting {
  readonly take: TakeRequest;
  readonly signal: AbortSignal;
  readonly settle: PromiseWithResolvers<Outcome<Transcript>>;
}

/** Weight of the newest request in {@link SharedTranscriber.typicalMs}. */
const NEWEST_SHARE = 0.2;

/**
 * One transcriber for many streams: runs one request at a time. Urgent ones go first, but at most every second request jumps the queue;
 * otherwise first come, first served. A stream that never has two requests waiting thus gets its share, however much the others want.
 */
export class SharedTranscriber {
  readonly #transcriber: Transcriber;
  readonly #urgent: Waiting[] = [];
  readonly #patient: Waiting[] = [];
  #isRunning = false;
  #jumped = false;
  #typicalMs = 0;

  constructor(transcriber: Transcriber) {
    this.#transcriber = transcriber;
  }

  /** How long a request takes on the engine, in the mean of the latest; 0 before the first. */
  get typicalMs(): number {
    return this.#typicalMs;
  }

  /** An aborted request rejects with the signal's reason. Codes: transcribe-failed, model-*. */
  transcribe(take: TakeRequest, isUrgent: boolean, signal: AbortSignal): Promise<Outcome<Transcript>> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const settle = Promise.withResolvers<Outcome<Transcript>>();
    const waiting = { take, signal, settle };
    const queue = isUrgent ? this.#urgent : this.#patient;
    const withdraw = (): void => {
      const index = queue.indexOf(waiting);
      if (index < 0) return;
      queue.splice(index, 1);
      settle.reject(signal.reason as Error);
    };
    queue.push(waiting);
    signal.addEventListener("abort", withdraw);
    this.#next();
    return settle.promise.finally(() => signal.removeEventListener("abort", withdraw));
  }

  #next(): void {
    if (this.#isRunning) return;
    const jumps = this.#urgent.length > 0 && !(this.#jumped && this.#patient.length > 0);
    this.#jumped = jumps && this.#patient.length > 0;
    const waiting = jumps ? this.#urgent.shift() : this.#patient.shift();
    if (waiting) void this.#run(waiting);
  }

  async #run({ take, signal, settle }: Waiting): Promise<void> {
    this.#isRunning = true;
    try {
      const transcript = await this.#transcriber.transcribe(take(), signal);
      if (transcript.ok) this.#note(transcript.value.elapsedMs);
      settle.resolve(transcript);
    } catch (reason) {
      settle.reject(reason);
    } finally {
      this.#isRunning = false;
      this.#next();
    }
  }

  #note(elapsedMs: number): void {
    const share = this.#typicalMs === 0 ? 1 : NEWEST_SHARE;
    this.#typicalMs += share * (elapsedMs - this.#typicalMs);
  }
}

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
 * Few transcribers for many streams, each of which runs one request at a time. Urgent ones go first, but at most every second request jumps the
 * queue; otherwise first come, first served. A stream that never has two requests waiting thus gets its share, however much the others want.
 */
export class SharedTranscriber {
  readonly #idle: Transcriber[];
  readonly #count: number;
  readonly #urgent: Waiting[] = [];
  readonly #patient: Waiting[] = [];
  #jumped = false;
  #typicalMs = 0;

  /** The transcribers are all the same; which of them answers is not told. */
  constructor(transcribers: readonly Transcriber[]) {
    this.#idle = [...transcribers];
    this.#count = transcribers.length;
  }

  /** How long a request keeps all others waiting, in the mean of the latest; 0 before the first. */
  get typicalMs(): number {
    return this.#typicalMs / this.#count;
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
    const idle = this.#idle[0];
    if (!idle) return;
    const jumps = this.#urgent.length > 0 && !(this.#jumped && this.#patient.length > 0);
    this.#jumped = jumps && this.#patient.length > 0;
    const waiting = jumps ? this.#urgent.shift() : this.#patient.shift();
    if (!waiting) return;
    this.#idle.shift();
    void this.#run(idle, waiting);
  }

  async #run(transcriber: Transcriber, { take, signal, settle }: Waiting): Promise<void> {
    try {
      const transcript = await transcriber.transcribe(take(), signal);
      if (transcript.ok) this.#note(transcript.value.elapsedMs);
      settle.resolve(transcript);
    } catch (reason) {
      settle.reject(reason);
    } finally {
      this.#idle.push(transcriber);
      this.#next();
    }
  }

  #note(elapsedMs: number): void {
    const share = this.#typicalMs === 0 ? 1 : NEWEST_SHARE;
    this.#typicalMs += share * (elapsedMs - this.#typicalMs);
  }
}

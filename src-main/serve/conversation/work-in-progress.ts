import type { TurnStages } from "../../turn/runner.ts";
import type { ReplyPart } from "../../turn/ports.ts";

/** What engines take in and give out; the rest of a conversation is immediate. */
export type EngineStages = Pick<TurnStages, "detector" | "transcriber" | "predictor" | "responder" | "synthesizer">;

/** Knows whether any engine is at work, so that somebody who is ahead of real time can wait for what follows from the audio so far. */
export class WorkInProgress {
  #pending = 0;
  #tellIdle: (() => void) | undefined;

  /** The same engines, watched. */
  watch({ detector, transcriber, predictor, responder, synthesizer }: EngineStages): EngineStages {
    const track = <T>(work: Promise<T>): Promise<T> => this.#track(work);
    return {
      detector: { detect: (frame) => track(detector.detect(frame)), close: () => detector.close() },
      transcriber: {
        transcribe: (request, signal) => track(transcriber.transcribe(request, signal)),
        close: () => transcriber.close(),
      },
      predictor: {
        begin: () => predictor.begin(),
        hear: (frame) => predictor.hear(frame),
        predict: (evidence, signal) => track(predictor.predict(evidence, signal)),
        close: () => predictor.close(),
      },
      synthesizer: {
        speak: (request) => track(synthesizer.speak(request)),
        ...(synthesizer.speakGrowing && {
          speakGrowing: (...request) => track(synthesizer.speakGrowing!(...request)),
        }),
        close: () => synthesizer.close(),
      },
      responder: { respond: (request, signal) => this.#watchParts(responder.respond(request, signal)) },
    };
  }

  /** Resolves once no engine is at work and nothing more follows from what they said, at the latest after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      await twoTurnsOfTheLoop();
      const leftMs = untilMs - performance.now();
      if (this.#pending === 0 || leftMs <= 0) return;
      await this.#idle(leftMs);
    }
  }

  async #idle(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tellIdle = resolve;
    const timer = setTimeout(resolve, withinMs);
    await promise;
    clearTimeout(timer);
    this.#tellIdle = undefined;
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#pending++;
    try {
      return await work;
    } finally {
      if (--this.#pending === 0) this.#tellIdle?.();
    }
  }

  /** Only waiting for the next part counts as work. */
  async *#watchParts(parts: AsyncIterable<ReplyPart>): AsyncGenerator<ReplyPart> {
    const iterator = parts[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#track(iterator.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}

/** What engines said is taken up by then. */
async function twoTurnsOfTheLoop(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

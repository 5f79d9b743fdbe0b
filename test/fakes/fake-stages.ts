import { Schedule } from "../../src-main/turn/schedule.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { succeeded, type Outcome } from "../../src-shared/failure.ts";
import type {
  Clock,
  EndOfTurnPredictor,
  PlayerEvent,
  ReplyPart,
  ReplyRequest,
  Responder,
  SpeechRequest,
  SpokenSentence,
  StreamPlayer,
  Synthesizer,
  Transcriber,
  Transcript,
  TranscriptionRequest,
  VoiceDetector,
} from "../../src-main/turn/ports.ts";

/** A clock that stands still until it is moved; deadlines run on the way. */
export class FakeClock implements Clock {
  readonly #schedule = new Schedule();
  #nowMs = 1_000;

  nowMs(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, callback: () => void): () => void {
    return this.#schedule.add(atMs, callback);
  }

  async advanceTo(toMs: number): Promise<void> {
    for (;;) {
      await settleAll();
      const nextAtMs = this.#schedule.nextAtMs;
      if (nextAtMs === undefined || nextAtMs > toMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextAtMs);
      this.#schedule.runNext();
    }
    this.#nowMs = toMs;
    await settleAll();
  }
}

/** Lets chains of a few asynchronous steps run to their end. */
async function settleAll(): Promise<void> {
  for (let round = 0; round < 6; round++) await settle();
}

/** Lets everything that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Says speech for frames whose first sample is above one half. */
export class FakeDetector implements VoiceDetector {
  async detect(frame: Float32Array): Promise<Outcome<number>> {
    return succeeded((frame[0] as number) > 0.5 ? 0.95 : 0.02);
  }
  async close(): Promise<void> {}
}

/** Answers with the text it is told, and remembers the requests. */
export class FakeTranscriber implements Transcriber {
  readonly requests: TranscriptionRequest[] = [];
  answer: Outcome<string> = succeeded("What time is it?");
  tokenLogProbability = 0;

  async transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Outcome<Transcript>> {
    this.requests.push(request);
    await settle();
    signal.throwIfAborted();
    if (!this.answer.ok) return this.answer;
    const tokenLogProbabilities = [this.tokenLogProbability, this.tokenLogProbability];
    return succeeded({ text: this.answer.value, tokens: [1, 2], tokenLogProbabilities, elapsedMs: 1 });
  }
  async close(): Promise<void> {}
}

/** Is as certain of the end of a turn as it is told. */
export class FakePredictor implements EndOfTurnPredictor {
  answer: Outcome<number> = succeeded(1);

  begin(): void {}
  hear(): void {}
  async predict(): Promise<Outcome<number>> {
    return this.answer;
  }
  async close(): Promise<void> {}
}

/** Replies with the parts it is told. */
export class FakeResponder implements Responder {
  readonly requests: ReplyRequest[] = [];
  parts: readonly ReplyPart[] = [{ kind: "text", text: "It is noon. All is well." }];

  async *respond(request: ReplyRequest): AsyncGenerator<ReplyPart> {
    this.requests.push(request);
    yield* this.parts;
  }
}

/** 100 ms of audio a word. */
export class FakeSynthesizer implements Synthesizer {
  readonly requests: SpeechRequest[] = [];
  answer: Outcome<null> = succeeded(null);
  /** Written before the answer that is a failure. */
  samplesBeforeFailure = 0;

  async speak(request: SpeechRequest): Promise<Outcome<SpokenSentence>> {
    this.requests.push(request);
    await settle();
    if (!this.answer.ok) {
      const ring = new PcmRing(request.ring);
      ring.beginWriting(request.generation);
      ring.write(new Float32Array(this.samplesBeforeFailure), 0, this.samplesBeforeFailure, request.generation);
      return this.answer;
    }
    const words = request.text.split(/\s+/).map((text, index) => ({ text, endSample: (index + 1) * 2400 }));
    return succeeded({ samples: words.length * 2400, chunks: 1, words, firstPcmAtMs: 1, lastPcmAtMs: 2 });
  }
  async close(): Promise<void> {}
}

/** Records what it is told; the test says what is heard, and reads the ring if anybody does. */
export class FakePlayer implements StreamPlayer {
  readonly ring = PcmRing.allocate(2 ** 17);
  readonly calls: string[] = [];
  gainRatio = 1;
  #listener: (event: PlayerEvent) => void = () => undefined;
  #generation = 0;

  begin(): number {
    this.calls.push(`begin ${++this.#generation}`);
    new PcmRing(this.ring).setGeneration(this.#generation);
    return this.#generation;
  }
  release(generation: number): void {
    this.calls.push(`release ${generation}`);
  }
  end(generation: number, totalSamples: number): void {
    this.calls.push(`end ${generation} ${totalSamples}`);
  }
  flush(): void {
    this.calls.push("flush");
    new PcmRing(this.ring).setGeneration(0);
  }
  pause(generation: number): void {
    this.calls.push(`pause ${generation}`);
  }
  resume(generation: number): void {
    this.calls.push(`resume ${generation}`);
  }
  setGain(ratio: number): void {
    this.gainRatio = ratio;
  }
  onEvent(listener: (event: PlayerEvent) => void): void {
    this.#listener = listener;
  }
  async close(): Promise<void> {}

  tell(event: PlayerEvent): void {
    this.#listener(event);
  }

  finish(generation: number, positionSamples: number, flushed: boolean, atMs = 9_000): void {
    const metrics = fakeMetrics(positionSamples);
    this.tell({ kind: "finished", generation, flushed, positionSamples, atMs, metrics });
  }
}

/** Metrics of a reply of which so many samples were played. */
export function fakeMetrics(samplesPlayed: number): StreamMetrics {
  return {
    audioMs: 0,
    underruns: 0,
    underrunTotalMs: 0,
    underrunMaxMs: 0,
    stretchedMs: 0,
    chunksReceived: 0,
    bytesReceived: 0,
    decodeErrors: 0,
    chunksAfterEnd: 0,
    samplesPlayed,
    audioPath: "fake",
  };
}

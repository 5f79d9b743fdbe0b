import { FRAME_MS, RECOGNITION_FRAME_SAMPLES } from "../../src-shared/audio-format.ts";
import { succeeded, type Failure } from "../../src-shared/failure.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { DEFAULT_CONDUCT, type Conduct } from "../../src-main/turn/conduct.ts";
import { TurnRunner, type RecordedStep } from "../../src-main/turn/runner.ts";
import {
  FakeClock,
  FakeDetector,
  FakePlayer,
  FakePredictor,
  FakeResponder,
  FakeSynthesizer,
  FakeTranscriber,
  settle,
} from "./fake-stages.ts";

/** A runner on fake stages, and the user who talks to it in real frames on the fake clock. */
export class FakeConversation {
  readonly clock = new FakeClock();
  readonly transcriber = new FakeTranscriber();
  readonly predictor = new FakePredictor();
  readonly responder = new FakeResponder();
  readonly synthesizer = new FakeSynthesizer();
  readonly player = new FakePlayer();
  readonly ended: TurnView[] = [];
  readonly failures: Failure[] = [];
  readonly steps: RecordedStep[] = [];
  /** Every turn that was shown at some time. */
  readonly shown = new Set<number>();
  readonly runner: TurnRunner;

  constructor(conduct: Partial<Conduct> = {}) {
    const { clock, transcriber, predictor, responder, synthesizer, player } = this;
    const speaking = () => ({ voice: "slt", rateRatio: 1, volumeRatio: 0.8 });
    this.runner = new TurnRunner(
      { clock, detector: new FakeDetector(), transcriber, predictor, responder, synthesizer, player, speaking },
      {
        changed: () => this.#note(),
        turnEnded: (turn) => this.ended.push(turn),
        failed: (failure) => this.failures.push(failure),
        stepped: (step) => this.steps.push(step),
      },
    );
    this.runner.tell({ kind: "conduct-changed", conduct: { ...DEFAULT_CONDUCT, ...conduct } });
    this.runner.tell({ kind: "opened" });
  }

  get lastTurn(): TurnView {
    return this.runner.turns.at(-1) as TurnView;
  }

  /** Feeds `ms` of speech, which the recognizer takes for `text`. */
  async say(ms: number, text?: string): Promise<void> {
    if (text !== undefined) this.transcriber.answer = succeeded(text);
    await this.#hear(0.9, ms);
  }

  /** Feeds `ms` of silence. */
  async wait(ms: number): Promise<void> {
    await this.#hear(0, ms);
  }

  /** A question that is answered; the first sample of the answer is heard. */
  async askAndHear(text = "What time is it?"): Promise<void> {
    await this.wait(640);
    await this.say(960, text);
    await this.wait(640);
    this.player.tell({ kind: "audible", generation: 1, atMs: this.clock.nowMs() });
  }

  /** So many samples of the answer were heard. */
  progress(positionSamples: number, generation = 1): void {
    const level = { receivedSamples: 0, bufferedSamples: 0, underruns: 0, stretchedSamples: 0, slowBelowSamples: 0 };
    this.player.tell({ kind: "progress", generation, positionSamples, level });
  }

  async #hear(amplitude: number, ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += FRAME_MS) {
      await this.clock.advanceTo(this.clock.nowMs() + FRAME_MS);
      await this.runner.hear(new Float32Array(RECOGNITION_FRAME_SAMPLES).fill(amplitude), this.clock.nowMs());
      await settle();
    }
  }

  #note(): void {
    for (const { turnId } of this.runner?.turns ?? []) this.shown.add(turnId);
  }
}

import { CAPTURE_FRAME_SAMPLES, FRAME_MS } from "../../../src-shared/audio-format.ts";
import type { Failure } from "../../../src-shared/failure.ts";
import { MicrophoneIntake } from "../../../src-main/capture/microphone-intake.ts";
import { DEFAULT_CONDUCT } from "../../../src-main/turn/conduct.ts";
import type { EndOfTurnPredictor } from "../../../src-main/turn/ports.ts";
import { TurnRunner } from "../../../src-main/turn/runner.ts";
import { EngineMemory, type RealEngines } from "./engine-memory.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { createVirtualStages } from "./virtual-stages.ts";

/** One long conversation in virtual time, with the real turn-taking and the real engines, that hears what it is given, piece after piece. */
export class VirtualConversation {
  readonly #clock = new VirtualClock();
  readonly #runner: TurnRunner;
  #intake: MicrophoneIntake | undefined;
  #heardFrames = 0;
  #answered: string[] = [];

  constructor(engines: RealEngines, predictor: EndOfTurnPredictor) {
    const clock = this.#clock;
    const stages = createVirtualStages(clock, new EngineMemory(engines), predictor, "");
    const detect = async (frame: Float32Array) => (await clock.measure(() => engines.detector.detect(frame))).value;
    const detector = { detect, close: async () => undefined };
    this.#runner = new TurnRunner(
      { ...stages, detector },
      {
        changed: () => undefined,
        turnEnded: ({ transcript }) => this.#answered.push(transcript),
        failed: ({ code, detail }: Failure) => {
          throw new Error(`${code}: ${detail}`);
        },
      },
    );
    this.#runner.tell({ kind: "conduct-changed", conduct: DEFAULT_CONDUCT });
    this.#runner.tell({ kind: "opened" });
  }

  /** Hears mono samples at CAPTURE_RATE_HZ, in whole frames; the rest of less than a frame is left out. */
  async hear(pcm: Float32Array): Promise<void> {
    this.#intake ??= await MicrophoneIntake.create({
      onFrame: (frame, endedAtMs) => void this.#runner.hear(frame, endedAtMs),
      onBreak: () => undefined,
    });
    for (let from = 0; from + CAPTURE_FRAME_SAMPLES <= pcm.length; from += CAPTURE_FRAME_SAMPLES) {
      const endedAtMs = ++this.#heardFrames * FRAME_MS;
      await this.#clock.advanceTo(endedAtMs);
      this.#intake.accept({ pcm: pcm.slice(from, from + CAPTURE_FRAME_SAMPLES), endedAtMs });
    }
  }

  /** What was understood in the turns that ended since the last call. */
  takeTranscripts(): readonly string[] {
    const answered = this.#answered;
    this.#answered = [];
    return answered;
  }
}

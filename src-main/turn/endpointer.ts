import { FRAME_MS } from "../../src-shared/audio-format.ts";
import { TURN_TUNING } from "./turn-tuning.ts";

/** What the endpointer noticed. Times are those of samples, not of noticing. */
export type SpeechEvent =
  | { readonly kind: "speech-started"; readonly atMs: number }
  | { readonly kind: "speech-paused"; readonly speechEndedAtMs: number }
  | { readonly kind: "speech-resumed"; readonly atMs: number };

/**
 * Turns frame probabilities into speech events with hysteresis. After `speech-started` it alternates paused and resumed until
 * `closeUtterance`; then the next speech starts anew. Pure: time comes with the frames.
 */
export class Endpointer {
  #state: "idle" | "speech" | "paused" = "idle";
  #onsetFrames = 0;
  #onsetAtMs = 0;
  #speechEndedAtMs = 0;

  /** Whether speech goes on right now. */
  get isSpeech(): boolean {
    return this.#state === "speech";
  }

  /** `endedAtMs`: time just after the frame's last sample. At most one event a frame. `guarded`: speech must be clearer to begin. */
  accept(probability: number, endedAtMs: number, guarded = false): SpeechEvent | undefined {
    if (this.#state === "speech") return this.#whileSpeaking(probability, endedAtMs);
    const isGuarded = guarded && this.#state === "idle";
    if (probability < (isGuarded ? TURN_TUNING.guardedOnsetProbability : TURN_TUNING.speechOnsetProbability)) {
      this.#onsetFrames = 0;
      return undefined;
    }
    if (this.#onsetFrames++ === 0) this.#onsetAtMs = endedAtMs - FRAME_MS;
    const isResumed = this.#state === "paused" && probability >= TURN_TUNING.resumeProbability;
    if (!isResumed && this.#onsetFrames < (isGuarded ? TURN_TUNING.guardedOnsetFrames : TURN_TUNING.onsetFrames))
      return undefined;
    const kind = this.#state === "idle" ? "speech-started" : "speech-resumed";
    this.#state = "speech";
    this.#onsetFrames = 0;
    this.#speechEndedAtMs = endedAtMs;
    return { kind, atMs: this.#onsetAtMs };
  }

  /** The utterance is over or void: speech from now on is a new one. Speech that goes on right now starts a new utterance at once. */
  closeUtterance(): void {
    this.#state = "idle";
    this.#onsetFrames = 0;
  }

  #whileSpeaking(probability: number, endedAtMs: number): SpeechEvent | undefined {
    if (probability >= TURN_TUNING.speechOffsetProbability) {
      this.#speechEndedAtMs = endedAtMs;
      return undefined;
    }
    if (endedAtMs - this.#speechEndedAtMs < TURN_TUNING.pauseMs) return undefined;
    this.#state = "paused";
    return { kind: "speech-paused", speechEndedAtMs: this.#speechEndedAtMs };
  }
}

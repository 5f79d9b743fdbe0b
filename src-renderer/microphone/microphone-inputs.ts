import { InputLag } from "./input-lag.ts";
import { LostTime } from "./lost-time.ts";

/** Less than this is not worth a change of inputs: 5 ms at 24 kHz. */
const LEAST_LAG_SAMPLES = 120;
/** A fresh input that was asked for and does not come is asked for again after 10 s of quanta. */
const PATIENCE_QUANTA = 1_875;

/** What the audio thread needs of the page: a second, fresh input, or only this one from now on. */
export type InputRequest = { readonly kind: "freshen" } | { readonly kind: "use"; readonly input: number };

/** Who gets what {@link MicrophoneInputs} makes. Called on the audio thread. */
export interface InputListener {
  readonly onSound: (pcm: Float32Array, startSample: number) => void;
  /** The sound comes sooner from now on: what follows begins so many samples before the end of what came last. */
  readonly onCaughtUp: (lagSamples: number) => void;
  readonly onRequest: (request: InputRequest) => void;
}

/**
 * The microphone's sound without the delay that stalls leave behind. The browser queues what the microphone brings while the audio thread is
 * late, and never makes up for it. So a fresh input with an empty queue takes over then, from the very sample that the late
 * one would have brought next: what was queued is handed over at once, nothing is lost and nothing comes twice. Audio thread.
 */
export class MicrophoneInputs {
  readonly #listener: InputListener;
  readonly #sampleRateHz: number;
  readonly #lag = new InputLag();
  readonly #lostTime = new LostTime();
  #used = 0;
  #waitedQuanta: number | undefined;
  #isComparing = false;

  constructor(sampleRateHz: number, listener: InputListener) {
    this.#sampleRateHz = sampleRateHz;
    this.#listener = listener;
  }

  /** Takes a quantum of both inputs, undefined where nothing is connected, from `startSample` of the context's time on, at `nowMs`. */
  push(inputs: readonly (Float32Array | undefined)[], startSample: number, nowMs: number): void {
    const other = inputs[1 - this.#used];
    if (!inputs[this.#used] && other) this.#use(1 - this.#used);
    const sound = inputs[this.#used];
    if (!sound) return;
    this.#listener.onSound(sound, startSample);
    const mayLag = this.#lostTime.observe(nowMs - (startSample * 1000) / this.#sampleRateHz);
    if (this.#waitedQuanta === undefined) {
      if (mayLag) this.#ask();
    } else if (inputs[1 - this.#used]) this.#compare(sound, inputs[1 - this.#used] as Float32Array, startSample);
    else if (this.#isComparing || ++this.#waitedQuanta > PATIENCE_QUANTA) this.#keep();
  }

  #ask(): void {
    this.#waitedQuanta = 0;
    this.#listener.onRequest({ kind: "freshen" });
  }

  #compare(late: Float32Array, fresh: Float32Array, startSample: number): void {
    if (!this.#isComparing) this.#lag.restart();
    this.#isComparing = true;
    const lagSamples = this.#lag.observe(late, fresh);
    if (lagSamples === undefined) return;
    if (lagSamples === "unknown" || lagSamples < LEAST_LAG_SAMPLES) return this.#keep();
    const missed = new Float32Array(lagSamples);
    this.#lag.copyLatest(missed);
    this.#lostTime.restart();
    this.#use(1 - this.#used);
    this.#listener.onCaughtUp(lagSamples);
    this.#listener.onSound(missed, startSample + late.length - lagSamples);
  }

  /** All is well as it is. */
  #keep(): void {
    this.#lostTime.restart();
    this.#use(this.#used);
  }

  #use(input: number): void {
    this.#used = input;
    this.#waitedQuanta = undefined;
    this.#isComparing = false;
    this.#listener.onRequest({ kind: "use", input });
  }
}

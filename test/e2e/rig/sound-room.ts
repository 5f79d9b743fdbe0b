/** Sample rate of everything in the rig. */
export const ROOM_RATE_HZ = 48_000;

/** Samples of one 10 ms frame. */
export const ROOM_FRAME_SAMPLES = 480;

/** The virtual room's noise: peak -66 dBFS, so that the microphone is never digitally silent. */
const NOISE_PEAK_RATIO = 0.0005;
/** Echo that waits longer than this is dropped: the room must not lag behind the speaker. */
const LONGEST_ECHO_QUEUE_SAMPLES = 9_600;
/** Direct sound after 3 ms and a few reflections; the sum of squares is about 0.5. */
const ECHO_PATH: readonly (readonly [delaySamples: number, ratio: number])[] = [
  [144, 0.6],
  [260, -0.21],
  [431, 0.17],
  [615, -0.12],
  [902, 0.09],
  [1320, -0.06],
  [1877, 0.04],
];
const ECHO_MEMORY_SAMPLES = 1_920;

/** When a clip was handed to the microphone, in epoch ms. */
export interface ClipTimes {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

interface Clip {
  readonly pcm: Float32Array;
  readonly notBeforeMs: number;
  readonly resolve: (times: ClipTimes) => void;
  position: number;
  startedAtMs: number;
}

/** What the virtual microphone hears: clips, noise and, if wanted, the echo of the speaker. Mixed in frames of 10 ms. No clock of its own. */
export class SoundRoom {
  readonly #clips = new Set<Clip>();
  readonly #echoQueue: Float32Array[] = [];
  #echoQueuedSamples = 0;
  #echoMemory = new Float32Array(ECHO_MEMORY_SAMPLES);
  #echoRatio: number;
  #noiseState = 1;

  /** `echoRatio`: how much of the speaker reaches the microphone; 0 for none. */
  constructor(echoRatio: number) {
    this.#echoRatio = echoRatio;
  }

  setEcho(ratio: number): void {
    this.#echoRatio = ratio;
  }

  /** Adds a clip that begins with the first frame at or after `notBeforeMs`. Resolves when its last frame is out. */
  play(pcm: Float32Array, notBeforeMs: number): Promise<ClipTimes> {
    return new Promise((resolve) => this.#clips.add({ pcm, notBeforeMs, resolve, position: 0, startedAtMs: 0 }));
  }

  /** Breaks off whatever is playing; the clips resolve. */
  stop(nowMs: number): void {
    for (const clip of this.#clips) this.#finish(clip, nowMs);
  }

  /** Samples that left the speaker. */
  hearSpeaker(pcm: Float32Array): void {
    this.#echoQueue.push(pcm);
    this.#echoQueuedSamples += pcm.length;
    while (this.#echoQueuedSamples > LONGEST_ECHO_QUEUE_SAMPLES) {
      this.#echoQueuedSamples -= (this.#echoQueue.shift() as Float32Array).length;
    }
  }

  /** The next 10 ms of the microphone. */
  nextFrame(nowMs: number): Float32Array {
    const frame = this.#echoFrame();
    for (let index = 0; index < frame.length; index++) frame[index] = (frame[index] as number) + this.#noise();
    for (const clip of this.#clips) {
      if (clip.notBeforeMs <= nowMs) this.#mix(clip, frame, nowMs);
    }
    return frame;
  }

  #mix(clip: Clip, frame: Float32Array, nowMs: number): void {
    if (clip.position === 0) clip.startedAtMs = nowMs;
    const piece = clip.pcm.subarray(clip.position, clip.position + frame.length);
    for (let index = 0; index < piece.length; index++) {
      frame[index] = (frame[index] as number) + (piece[index] as number);
    }
    clip.position += frame.length;
    if (clip.position >= clip.pcm.length) this.#finish(clip, nowMs + 10);
  }

  #finish(clip: Clip, endedAtMs: number): void {
    this.#clips.delete(clip);
    clip.resolve({ startedAtMs: clip.startedAtMs, endedAtMs });
  }

  #echoFrame(): Float32Array {
    const dry = new Float32Array(ECHO_MEMORY_SAMPLES + ROOM_FRAME_SAMPLES);
    dry.set(this.#echoMemory);
    this.#takeQueued(dry.subarray(ECHO_MEMORY_SAMPLES));
    this.#echoMemory = dry.slice(ROOM_FRAME_SAMPLES);
    const wet = new Float32Array(ROOM_FRAME_SAMPLES);
    if (this.#echoRatio === 0) return wet;
    for (const [delay, ratio] of ECHO_PATH) {
      const from = ECHO_MEMORY_SAMPLES - delay;
      for (let index = 0; index < wet.length; index++) {
        wet[index] = (wet[index] as number) + (dry[from + index] as number) * ratio * this.#echoRatio;
      }
    }
    return wet;
  }

  #takeQueued(out: Float32Array): void {
    let filled = 0;
    while (filled < out.length) {
      const head = this.#echoQueue[0];
      if (!head) return;
      const taken = head.subarray(0, out.length - filled);
      out.set(taken, filled);
      filled += taken.length;
      this.#echoQueuedSamples -= taken.length;
      if (taken.length === head.length) this.#echoQueue.shift();
      else this.#echoQueue[0] = head.subarray(taken.length);
    }
  }

  #noise(): number {
    this.#noiseState = (Math.imul(this.#noiseState, 1_664_525) + 1_013_904_223) | 0;
    return (this.#noiseState / 2 ** 31) * NOISE_PEAK_RATIO;
  }
}

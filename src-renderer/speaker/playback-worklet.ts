import { playedSound, quickDuck } from "../audio/audio-link.ts";
import type { WorkletClock, WorkletMessage } from "../audio/worklet-clock.ts";
import { addBlock } from "./add-block.ts";
import { PlaybackSession } from "./playback-session.ts";

/** Plays what the assistant says, softer while somebody speaks over it. */
export class PlaybackWorklet extends AudioWorkletProcessor {
  #clock: WorkletClock = { kind: "clock", renderOriginMs: 0, audibleOriginMs: 0 };
  readonly #session = new PlaybackSession(
    sampleRate,
    () => this.#clock.audibleOriginMs + (currentFrame * 1000) / sampleRate,
    () => this.#clock.audibleOriginMs - this.#clock.renderOriginMs,
  );

  constructor() {
    super();
    this.port.onmessage = ({ data, ports }: MessageEvent<WorkletMessage>) => {
      if (data.kind === "clock") this.#clock = data;
      else if (data.kind === "output-gap") this.#session.missed(data.durationMs);
      else if (ports[0]) this.#session.connect(ports[0]);
    };
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const out = output?.[0];
    if (!out) return true;
    quickDuck.apply(out, this.#session.process(out));
    if (input?.[0]) addBlock(input[0], out);
    playedSound.write(out, currentFrame);
    return true;
  }
}

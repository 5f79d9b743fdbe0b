import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import type { SoundNodes } from "../audio/page-audio.ts";
import type { TappedFrame, WorkletMessage } from "../audio/worklet-clock.ts";
import type { EchoRecording } from "./measure-echo.ts";

/** So long is recorded before the sound, to know the noise. */
const LEAD_MS = 500;
/** So long is recorded after the sound, until the last of its echo. */
const TAIL_MS = 650;
/** The context starts a sound that is asked for at once a little later. */
const START_MS = 100;
/** No sound arrives for so long: it will not. */
const PATIENCE_MS = 1_500;

/** The way that a sound takes from the page to the assistant: out of the speaker as replies do, and in at the microphone. */
export class EchoPath {
  readonly #nodes: Promise<SoundNodes>;

  constructor(nodes: Promise<SoundNodes>) {
    this.#nodes = nodes;
  }

  /**
   * Plays a mono sound at CAPTURE_RATE_HZ and records what the assistant hears meanwhile; undefined when the microphone gives nothing. One
   * at a time.
   */
  async record(sound: Float32Array<ArrayBuffer>): Promise<EchoRecording | undefined> {
    const { output, capture } = await this.#nodes;
    const { context } = output;
    const rateHz = CAPTURE_RATE_HZ;
    const tell = (message: WorkletMessage, ports: MessagePort[]) => capture.port.postMessage(message, ports);
    const toSamples = (ms: number) => Math.round((ms / 1000) * rateHz);
    const startSample = Math.round(context.currentTime * rateHz) + toSamples(START_MS);
    const pcm = new Float32Array(toSamples(LEAD_MS + TAIL_MS) + sound.length);
    const playedAtSample = toSamples(LEAD_MS);
    const { port1: tap, port2: tapped } = new MessageChannel();
    const whole = new Promise<boolean>((resolve) => {
      const timeout = setTimeout(() => resolve(false), START_MS + (pcm.length / rateHz) * 1000 + PATIENCE_MS);
      tap.onmessage = ({ data: { pcm: frame, endSample } }: MessageEvent<TappedFrame>) => {
        const endAt = endSample - startSample;
        place(frame, endAt - frame.length, pcm);
        if (endAt < pcm.length) return;
        clearTimeout(timeout);
        resolve(true);
      };
    });
    tell({ kind: "tap" }, [tapped]);
    const buffer = new AudioBuffer({ length: sound.length, sampleRate: rateHz });
    buffer.copyToChannel(sound, 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(output);
    source.start((startSample + playedAtSample) / rateHz);
    const isWhole = await whole;
    tell({ kind: "tap" }, []);
    tap.close();
    source.disconnect();
    return isWhole ? { pcm, playedAtSample, rateHz } : undefined;
  }
}

/** Copies the part of a frame that falls into `pcm`, where the frame begins at `at`. */
function place(frame: Float32Array, at: number, pcm: Float32Array): void {
  const [from, to] = [Math.max(0, -at), Math.min(frame.length, pcm.length - at)];
  if (from < to) pcm.set(frame.subarray(from, to), at + from);
}

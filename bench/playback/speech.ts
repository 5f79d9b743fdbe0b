import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { sharedSpeech, spokenText } from "../../test/fixtures/speech.ts";

/** A signal at PLAYBACK_RATE_HZ. */
export interface Signal {
  readonly name: string;
  readonly pcm: Float32Array;
}

const TEXT =
  "The quick brown fox jumps over the lazy dog, and then it sits down in the shade, because the day is hot. " +
  "After a while it gets up again and walks home, where nobody has noticed that it was away.";

/** Human speech where it is at hand, else a synthetic voice. */
export async function speechSignal(): Promise<Signal> {
  const human = sharedSpeech("jfk.wav");
  return human
    ? { name: "human speech", pcm: await resampleAll(human.pcm, human.rateHz, PLAYBACK_RATE_HZ) }
    : { name: "synthetic speech", pcm: await spokenText(TEXT, "slt", PLAYBACK_RATE_HZ) };
}

/** The signal as 16-bit little-endian bytes, repeated to so many seconds. */
export function toBytes({ pcm }: Signal, seconds: number): Uint8Array {
  const samples = Int16Array.from({ length: seconds * PLAYBACK_RATE_HZ }, (_, index) => {
    return Math.round((pcm[index % pcm.length] as number) * 32_767);
  });
  return new Uint8Array(samples.buffer);
}

import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { sharedSpeech } from "../../test/fixtures/speech.ts";
import { chirp } from "../../test/play/decode/fixtures.ts";

/** A signal at PLAYBACK_RATE_HZ. */
export interface Signal {
  readonly name: string;
  readonly pcm: Float32Array;
}

const SECONDS_WITHOUT_SPEECH = 10;

/** Human speech where it is at hand, else a chirp. */
export async function speechOrChirp(): Promise<Signal> {
  const speech = sharedSpeech("jfk.wav");
  if (speech) return { name: "speech", pcm: await resampleAll(speech.pcm, speech.rateHz, PLAYBACK_RATE_HZ) };
  const samples = new Int16Array(chirp(SECONDS_WITHOUT_SPEECH).buffer);
  return { name: "chirp", pcm: Float32Array.from(samples, (sample) => sample / 32_768) };
}

/** The signal as 16-bit little-endian bytes, repeated to so many seconds. */
export function toBytes({ pcm }: Signal, seconds: number): Uint8Array {
  const samples = Int16Array.from({ length: seconds * PLAYBACK_RATE_HZ }, (_, index) => {
    return Math.round((pcm[index % pcm.length] as number) * 32_767);
  });
  return new Uint8Array(samples.buffer);
}

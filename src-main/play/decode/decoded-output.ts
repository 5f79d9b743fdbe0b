import type { DecodedPiece } from "./stream-decoder.ts";

/** What the decoder packages have in common. */
export interface PackageOutput {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly unknown[];
}

/** Messages after which a package is taken to go round in circles: one call prints one at most per few hundred bytes. */
const MESSAGES_PER_CALL = 200;

/**
 * Calls into a package without its messages, which only repeat what it returns. The console is exchanged for the synchronous part of the call
 * alone, so decoders that work side by side do not meet there. Throws where the package keeps on complaining without an end.
 */
export function quietly<T>(call: () => T): T {
  const { error, warn } = console;
  let messages = 0;
  const count = (): void => {
    if (++messages > MESSAGES_PER_CALL) throw new Error("the decoder does not get any further");
  };
  Object.assign(console, { error: count, warn: count });
  try {
    return call();
  } finally {
    Object.assign(console, { error, warn });
  }
}

/** Averages the channels, in the memory of the first one. Nothing where there is no sample. */
export function mixDown({ channelData, sampleRate }: PackageOutput): DecodedPiece | undefined {
  const [pcm, second] = channelData;
  if (!pcm || pcm.length === 0 || sampleRate <= 0) return undefined;
  if (channelData.length === 2 && second) {
    for (let index = 0; index < pcm.length; index++) pcm[index] = (pcm[index]! + second[index]!) / 2;
  } else if (channelData.length > 2) {
    for (let index = 0; index < pcm.length; index++) {
      let sum = 0;
      for (const channel of channelData) sum += channel[index]!;
      pcm[index] = sum / channelData.length;
    }
  }
  return { pcm, sampleRateHz: sampleRate };
}

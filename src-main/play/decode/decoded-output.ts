import type { UnitOutput } from "./package-stream-decoder.ts";

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

/**
 * What a package made of one unit, mixed down to mono in the memory of its first channel. Samples that are not finite become 0; they and errors
 * mean damage.
 */
export function unitOutput({ channelData, sampleRate, errors }: PackageOutput): UnitOutput {
  const pcm = channelData[0];
  const isDamaged = errors.length > 0;
  if (!pcm || pcm.length === 0 || sampleRate <= 0) return { isDamaged };
  mixInto(pcm, channelData);
  const isSilenced = silenceNonFinite(pcm);
  return { piece: { pcm, sampleRateHz: sampleRate }, isDamaged: isDamaged || isSilenced };
}

function silenceNonFinite(pcm: Float32Array): boolean {
  let isSilenced = false;
  for (let index = 0; index < pcm.length; index++) {
    if (Number.isFinite(pcm[index])) continue;
    pcm[index] = 0;
    isSilenced = true;
  }
  return isSilenced;
}

function mixInto(pcm: Float32Array, channelData: readonly Float32Array[]): void {
  const [, second] = channelData;
  if (channelData.length === 2 && second) {
    for (let index = 0; index < pcm.length; index++) pcm[index] = (pcm[index]! + second[index]!) / 2;
  } else if (channelData.length > 2) {
    for (let index = 0; index < pcm.length; index++) {
      let sum = 0;
      for (const channel of channelData) sum += channel[index]!;
      pcm[index] = sum / channelData.length;
    }
  }
}

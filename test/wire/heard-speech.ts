import type { Outcome } from "../../src-shared/failure.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { SpokenSentence, Synthesizer } from "../../src-main/turn/ports.ts";

const GENERATION = 1;

/** What a synthesizer makes of a sentence, read from the ring as a player reads it. */
export async function hearSpeech(
  synthesizer: Synthesizer,
  text: string,
  options: { readonly capacitySamples?: number; readonly voice?: string; readonly voidAfterMs?: number } = {},
): Promise<{ readonly spoken: Outcome<SpokenSentence>; readonly pcm: Float32Array }> {
  const buffer = PcmRing.allocate(options.capacitySamples ?? 2 ** 18);
  const ring = new PcmRing(buffer);
  ring.setGeneration(GENERATION);
  const pieces: number[] = [];
  const piece = new Float32Array(1_024);
  const read = (): void => {
    for (let count = ring.read(piece, piece.length); count > 0; count = ring.read(piece, piece.length)) {
      for (let index = 0; index < count; index++) pieces.push(piece[index]!);
    }
  };
  const reading = setInterval(read, 1);
  const voiding =
    options.voidAfterMs === undefined ? undefined : setTimeout(() => ring.setGeneration(2), options.voidAfterMs);
  try {
    const { voice = "slt" } = options;
    const spoken = await synthesizer.speak({ text, voice, rateRatio: 1, ring: buffer, generation: GENERATION });
    read();
    return { spoken, pcm: Float32Array.from(pieces) };
  } finally {
    clearInterval(reading);
    clearTimeout(voiding);
  }
}

import createEncoder from "@audio/encode-mp3";
import type { AudioEncoder } from "./audio-encoder.ts";

/** Enough for a voice at 24 kHz to sound as it was. */
const KILOBITS_PER_SECOND = 64;

/**
 * MP3 of 64 kbit/s by LAME. Like every MP3 that is sent while it is made, it does not say how much silence LAME puts around the audio: about
 * 50 ms before it.
 */
export async function createMp3Encoder(sampleRate: number): Promise<AudioEncoder> {
  const lame = await createEncoder({ sampleRate, channels: 1, bitrate: KILOBITS_PER_SECOND });
  let isOver = false;
  const close = (): void => {
    if (!isOver) lame.free();
    isOver = true;
  };
  return {
    push: (pcm) => (isOver || pcm.length === 0 ? new Uint8Array(0) : lame.encode([pcm])),
    finish() {
      const rest = isOver ? new Uint8Array(0) : lame.flush();
      close();
      return rest;
    },
    close,
  };
}

import { expect, test } from "vitest";
import { findSpeech } from "../../../src-main/serve/engines/find-speech.ts";
import { seededRandom } from "../../../src-main/play/source/seeded-random.ts";
import { segmentSpeech } from "../../../src-main/turn/segment-speech.ts";
import { RECOGNITION_FRAME_SAMPLES, RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { succeeded } from "../../../src-shared/failure.ts";

/** Hears speech where samples are loud: each frame's level is its probability. */
const DETECTOR = {
  open: () => ({
    detect: async (given: Float32Array<ArrayBuffer>) => {
      const frames = structuredClone(given, { transfer: [given.buffer] });
      const length = frames.length / RECOGNITION_FRAME_SAMPLES;
      return succeeded(Float32Array.from({ length }, (_, frame) => frames[frame * RECOGNITION_FRAME_SAMPLES]!));
    },
    close: () => undefined,
  }),
};

/** The levels of a recording: speech and pauses of any length. */
function levelsOf(seed: number, frames: number): number[] {
  const random = seededRandom(seed);
  const levels: number[] = [];
  while (levels.length < frames) {
    const isSpeech = random() < 0.5;
    const length = 1 + Math.floor(random() ** 3 * 300);
    for (let frame = 0; frame < length; frame++) levels.push(isSpeech ? 0.8 + random() / 5 : random() / 5);
  }
  return levels.slice(0, frames);
}

async function* inPieces(pcm: Float32Array, samples: number): AsyncGenerator<Float32Array> {
  for (let start = 0; start < pcm.length; start += samples) yield pcm.subarray(start, start + samples);
}

test("the stretches of a recording that comes in pieces are those of the whole", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const levels = levelsOf(seed, 5_000);
    const pcm = new Float32Array(levels.length * RECOGNITION_FRAME_SAMPLES - 100);
    for (const [frame, level] of levels.entries())
      pcm.fill(level, frame * RECOGNITION_FRAME_SAMPLES, (frame + 1) * RECOGNITION_FRAME_SAMPLES);
    const found: { startMs: number; samples: number }[] = [];
    for await (const { startMs, pcm: audio } of findSpeech(DETECTOR, inPieces(pcm, 777 * seed))) {
      const start = (startMs * RECOGNITION_RATE_HZ) / 1000;
      expect(Buffer.from(audio.buffer).equals(Buffer.from(pcm.slice(start, start + audio.length).buffer))).toBe(true);
      found.push({ startMs, samples: audio.length });
    }
    const whole = segmentSpeech(levels.map(Math.fround)).map(({ startMs, endMs }) => ({
      startMs,
      samples: Math.min(pcm.length, (endMs * RECOGNITION_RATE_HZ) / 1000) - (startMs * RECOGNITION_RATE_HZ) / 1000,
    }));
    expect(found).toEqual(whole);
  }
});

import { setTimeout as delay } from "node:timers/promises";
import { CAPTURE_RATE_HZ, msToSamples } from "../../src-shared/audio-format.ts";
import { readAudioFileAt } from "../capture/audio-file.ts";
import { StreamingResampler } from "../streaming-resampler.ts";
import { unwrap } from "./unwrap.ts";

/** Standard input that is silent for this long counts as silence, so that what comes later is not taken for old. */
const LONGEST_WAIT_MS = 96;

/** The microphone for `talk`: a file, decoded at once, or 16-bit little-endian mono PCM from standard input, as it comes. */
export async function openMicrophone(source: string, stdinRateHz: number): Promise<AsyncIterable<Float32Array>> {
  if (source === "-") return keepTime(readStdin(stdinRateHz));
  const { pcm, warnings } = unwrap(await readAudioFileAt(source, CAPTURE_RATE_HZ));
  for (const warning of warnings) console.error(`repartee: warning: ${source}: ${warning}`);
  return (async function* () {
    yield pcm;
  })();
}

async function* readStdin(rateHz: number): AsyncGenerator<Float32Array> {
  const resampler = await StreamingResampler.create(rateHz, CAPTURE_RATE_HZ);
  let odd = Buffer.alloc(0);
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([odd, chunk]);
    const samples = Math.floor(bytes.length / 2);
    odd = bytes.subarray(samples * 2);
    yield resampler.process(
      Float32Array.from({ length: samples }, (_, index) => bytes.readInt16LE(index * 2) / 32_768),
    );
  }
  yield resampler.finish();
}

/** Puts silence where the source has nothing to give in time. */
async function* keepTime(source: AsyncGenerator<Float32Array>): AsyncGenerator<Float32Array> {
  const silence = new Float32Array(msToSamples(LONGEST_WAIT_MS, CAPTURE_RATE_HZ));
  try {
    let next = source.next();
    for (;;) {
      const piece = await Promise.race([next, delay(LONGEST_WAIT_MS, undefined, { ref: false })]);
      if (piece?.done) return;
      if (piece) next = source.next();
      yield piece?.value ?? silence;
    }
  } finally {
    // Nobody listens any more: without this an open pipe would keep the process alive.
    process.stdin.destroy();
  }
}

import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { readAudioFileAt } from "../capture/audio-file.ts";
import { StreamingResampler } from "../streaming-resampler.ts";
import { unwrap } from "./unwrap.ts";

/** The microphone for `talk`: a file, decoded at once, or 16-bit little-endian mono PCM from standard input, as it comes. */
export async function openMicrophone(source: string, stdinRateHz: number): Promise<AsyncIterable<Float32Array>> {
  if (source === "-") return readStdin(stdinRateHz);
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

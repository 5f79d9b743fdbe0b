import { readWav } from "../../../src-main/capture/wav-reader.ts";
import { resampleAll } from "../../../src-main/streaming-resampler.ts";
import { RECOGNITION_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";

/** Reads WAV files, as far as these tests need it. */
export async function readAudioBytes(file: Uint8Array): Promise<Outcome<Float32Array>> {
  if (Buffer.from(file).toString("latin1", 0, 4) !== "RIFF") return failed("input-unreadable", "input", "no WAV");
  const wav = readWav(file);
  if (!wav.ok) return wav;
  return succeeded(await resampleAll(wav.value.pcm, wav.value.sampleRateHz, RECOGNITION_RATE_HZ));
}

import { readFileSync, rmSync } from "node:fs";
import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { type Outcome } from "../../src-shared/failure.ts";
import { readWav } from "../capture/wav-reader.ts";
import { WavFileWriter } from "../play/wav-file.ts";

/**
 * Replaces the assistant's file at `path` by a stereo one: the user, written to `path` + ".user", on the left, the assistant on the right.
 * The shorter one is filled up with silence.
 */
export function mergeToStereo(user: WavFileWriter, path: string): Outcome<unknown> {
  const userPath = `${path}.user`;
  const finished = user.finish();
  if (!finished.ok) return finished;
  const left = readWav(readFileSync(userPath));
  rmSync(userPath);
  if (!left.ok) return left;
  const right = readWav(readFileSync(path));
  if (!right.ok) return right;
  const stereo = WavFileWriter.open(path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 2 });
  if (!stereo.ok) return stereo;
  const samples = Math.max(left.value.pcm.length, right.value.pcm.length);
  const interleaved = new Float32Array(samples * 2);
  for (let index = 0; index < samples; index++) {
    interleaved[index * 2] = left.value.pcm[index] ?? 0;
    interleaved[index * 2 + 1] = right.value.pcm[index] ?? 0;
  }
  stereo.value.append(interleaved);
  return stereo.value.finish();
}

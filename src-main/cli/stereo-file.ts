import { readFileSync, rmSync } from "node:fs";
import { CAPTURE_RATE_HZ, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { readWav } from "../capture/wav-reader.ts";
import { WavFileWriter } from "../play/wav-file.ts";
import { unwrap } from "./unwrap.ts";

/** A recording of both sides: the user on the left, the assistant on the right, each first in a file of its own beside the result. */
export class StereoFile {
  /** Where the assistant's side is to be written. */
  readonly assistantPath: string;
  readonly #path: string;
  readonly #userPath: string;
  readonly #user: WavFileWriter;

  constructor(path: string) {
    this.#path = path;
    this.assistantPath = `${path}.${process.pid}.assistant`;
    this.#userPath = `${path}.${process.pid}.user`;
    this.#user = unwrap(WavFileWriter.open(this.#userPath, { sampleRateHz: CAPTURE_RATE_HZ, channels: 1 }));
  }

  /** Appends what the user said. */
  hearUser(pcm: Float32Array): void {
    this.#user.append(pcm);
  }

  /** Joins both sides once they are complete. The shorter one is filled up with silence. Throws output-unwritable as a FailureError. */
  finish(): void {
    unwrap(this.#user.finish());
    const [left, right] = [this.#userPath, this.assistantPath].map(readSide);
    const samples = Math.max(left!.length, right!.length);
    const both = unwrap(WavFileWriter.open(this.#path, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 2 }));
    const interleaved = new Float32Array(samples * 2);
    for (let index = 0; index < samples; index++) {
      interleaved[index * 2] = left![index] ?? 0;
      interleaved[index * 2 + 1] = right![index] ?? 0;
    }
    both.append(interleaved);
    unwrap(both.finish());
  }

  /** Removes everything but the result. */
  removeParts(): void {
    this.#user.discard();
    for (const path of [this.#userPath, this.assistantPath]) rmSync(path, { force: true });
  }
}

/** Samples of one side; none when nothing was said before the end. */
function readSide(path: string): Float32Array {
  const read = readWav(readFileSync(path));
  return read.ok ? read.value.pcm : new Float32Array(0);
}

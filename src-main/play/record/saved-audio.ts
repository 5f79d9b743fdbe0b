import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { PLAYBACK_RATE_HZ } from "../../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { StreamEncoding } from "../decode/stream-decoder.ts";
import { WavFileWriter } from "../wav-file.ts";
import { DiskRoom } from "./disk-room.ts";
import { makeFolder } from "../../files/make-folder.ts";
import { OriginalAudio } from "./original-audio.ts";

const MOST_SUFFIX_CHARACTERS = 64;

/** What is known of a recording when it begins. */
export interface SavedAudioOptions {
  /** Its last part, after the last `_`, becomes part of the names. */
  readonly conversationId?: string;
  /** How the stream is encoded. The original bytes are saved when it is compressed. */
  readonly encoding?: StreamEncoding;
  /** The time in epoch ms. Default: the system's clock. */
  readonly now?: () => number;
}

/** A name that nobody else uses while the claim stands. */
interface ClaimedName {
  /** Path without extension. */
  readonly stem: string;
  readonly claimPath: string;
}

/**
 * Saves what was played as a 16-bit mono WAV file at PLAYBACK_RATE_HZ and, beside it, the original bytes of a compressed stream, as
 * `FOLDER/YYYY/MM/YYYYMMDD_HHMMSS_mmm_SUFFIX_tts.wav` in local time, or `…_mmm-tts.wav` without a conversation. Each
 * file appears under its name only once it is complete, whenever that is: `finish` may come at any point of a stream. Blocking; not for the
 * thread that plays. Nothing but `open` and `finish` tells of a failure, so that playing goes on.
 */
export class SavedAudio {
  readonly #name: ClaimedName;
  readonly #wav: WavFileWriter;
  readonly #original: OriginalAudio | undefined;
  readonly #room: DiskRoom;
  #hasPlayed = false;
  #result: Outcome<{ readonly files: readonly string[] }> | undefined;

  private constructor(name: ClaimedName, wav: WavFileWriter, original: OriginalAudio | undefined) {
    this.#name = name;
    this.#wav = wav;
    this.#original = original;
    this.#room = new DiskRoom(dirname(name.stem));
  }

  /** Fails with output-unwritable when nothing can be saved there. Two recordings never get the same name. */
  static open(folder: string, options: SavedAudioOptions = {}): Outcome<SavedAudio> {
    const name = claimName(folder, options);
    if (!name.ok) return name;
    const { stem, claimPath } = name.value;
    const wav = WavFileWriter.open(`${stem}.wav`, { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 });
    if (!wav.ok) {
      rmSync(claimPath, { force: true });
      return wav;
    }
    const original = options.encoding && OriginalAudio.of(stem, options.encoding);
    return succeeded(new SavedAudio(name.value, wav.value, original));
  }

  /** Samples in [-1, 1] at PLAYBACK_RATE_HZ that were played. */
  appendPlayed(pcm: Float32Array): void {
    if (this.#result || pcm.length === 0 || !this.#room.isLeftFor(pcm.length * 2)) return;
    this.#hasPlayed = true;
    this.#wav.append(pcm);
  }

  /** Bytes as they were received; for `opus-packets` one packet. Ignored when the stream is not compressed. */
  appendOriginal(bytes: Uint8Array): void {
    if (this.#original && !this.#result && this.#room.isLeftFor(bytes.length)) this.#original.append(bytes);
  }

  /**
   * Completes the files and says which there are: none when nothing was played or received. Fails with output-unwritable when something could not
   * be written; what could be is kept, and named in the detail: all files up to where the disk was full, or one of two. Further calls say the
   * same again.
   */
  finish(): Outcome<{ readonly files: readonly string[] }> {
    this.#result ??= this.#finish();
    return this.#result;
  }

  /** Gives up: nothing is left behind. After `finish` it does nothing. */
  discard(): void {
    if (this.#result) return;
    this.#result = succeeded({ files: [] });
    for (const part of [this.#wav, this.#original]) attempt(() => part?.discard());
    this.#release();
  }

  #finish(): Outcome<{ readonly files: readonly string[] }> {
    const results = [attempt(() => this.#finishWav()), attempt(() => this.#original?.finish())];
    this.#release();
    const files = results.flatMap((result) => (result?.ok ? [result.value] : []));
    const reasons = results.flatMap((result) => (result && !result.ok ? [result.failure.detail] : []));
    if (this.#room.isFull) reasons.push("the disk is full");
    if (reasons.length === 0) return succeeded({ files });
    return unwritable([...reasons, files.length > 0 ? `kept ${files.join(", ")}` : "nothing was kept"].join("; "));
  }

  #finishWav(): Outcome<string> | undefined {
    if (!this.#hasPlayed) {
      this.#wav.discard();
      return undefined;
    }
    const finished = this.#wav.finish();
    return finished.ok ? succeeded(`${this.#name.stem}.wav`) : finished;
  }

  #release(): void {
    attempt(() => rmSync(this.#name.claimPath, { force: true }));
  }
}

/** What cannot even be cleaned up is a failure too, and none that may reach the player. */
function attempt<T>(work: () => T): T | Outcome<never> {
  try {
    return work();
  } catch (error) {
    return unwritable((error as Error).message);
  }
}

function unwritable(detail: string): Outcome<never> {
  return failed("output-unwritable", "play", detail);
}

/** The first name from now on that is free, millisecond by millisecond. A hidden empty file holds it against other threads and processes. */
function claimName(folder: string, { conversationId, now = Date.now }: SavedAudioOptions): Outcome<ClaimedName> {
  const suffix =
    conversationId
      ?.split("_")
      .at(-1)
      ?.replaceAll(/[^\w.-]/g, "")
      .slice(0, MOST_SUFFIX_CHARACTERS) ?? "";
  const ending = suffix === "" ? "-tts" : `_${suffix}_tts`;
  try {
    for (let atMs = now(); ; atMs += 1) {
      const { within, name } = nameAt(atMs);
      const place = join(folder, within);
      makeFolder(place);
      const stem = join(place, `${name}${ending}`);
      const claimPath = join(place, `.${name}${ending}.claim`);
      if (claim(claimPath, stem)) return succeeded({ stem, claimPath });
    }
  } catch (error) {
    return unwritable(`cannot save in ${folder}: ${(error as Error).message}`);
  }
}

function claim(claimPath: string, stem: string): boolean {
  try {
    closeSync(openSync(claimPath, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  const isTaken = OriginalAudio.EXTENSIONS.some((extension) => existsSync(`${stem}.${extension}`));
  if (isTaken || existsSync(`${stem}.wav`)) {
    rmSync(claimPath, { force: true });
    return false;
  }
  return true;
}

function nameAt(atMs: number): { readonly within: string; readonly name: string } {
  const date = new Date(atMs);
  const year = digits(date.getFullYear(), 4);
  const month = digits(date.getMonth() + 1, 2);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => digits(part, 2)).join("");
  const day = `${year}${month}${digits(date.getDate(), 2)}`;
  return { within: join(year, month), name: `${day}_${time}_${digits(date.getMilliseconds(), 3)}` };
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

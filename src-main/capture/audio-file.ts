import { readFile } from "node:fs/promises";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { resampleAll, unplayableRate } from "../streaming-resampler.ts";
import { decodeFlac, decodeMp3, decodeOggOpus } from "./compressed-audio.ts";
import { readWav } from "./wav-reader.ts";

/** A decoded recording: mono samples in [-1, 1]. */
export interface DecodedAudio {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
  readonly format: "wav" | "mp3" | "ogg-opus" | "flac";
  /** What was wrong with the file although it could be read, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads an audio file: WAV, MP3, Ogg Opus or FLAC, told by content and not by name, mixed down to mono, of 4 to 192 kHz. Codes: input-missing,
 * input-unreadable, input-empty.
 */
export async function readAudioFile(path: string): Promise<Outcome<DecodedAudio>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return failed("input-missing", "input", `there is no file ${path}`);
    return failed(
      "input-unreadable",
      "input",
      code === "EISDIR" ? `${path} is a folder` : `cannot read ${path}: ${message}`,
    );
  }
  if (bytes.length === 0) return failed("input-empty", "input", `${path} is empty`);
  const decoded = await decode(bytes);
  const problem = decoded.ok ? unplayableRate(decoded.value.sampleRateHz) : decoded.failure;
  return problem ? failed(problem.code, "input", `${path}: ${problem.detail}`) : decoded;
}

/** Reads an audio file and resamples it. */
export async function readAudioFileAt(path: string, sampleRateHz: number): Promise<Outcome<DecodedAudio>> {
  const decoded = await readAudioFile(path);
  if (!decoded.ok) return decoded;
  const pcm = await resampleAll(decoded.value.pcm, decoded.value.sampleRateHz, sampleRateHz);
  return succeeded({ ...decoded.value, pcm, sampleRateHz });
}

async function decode(bytes: Uint8Array): Promise<Outcome<DecodedAudio>> {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  if (/^(?:RIFF|RF64)....WAVE/s.test(start)) return readWav(bytes);
  if (start.startsWith("fLaC")) return decodeFlac(bytes);
  if (start.startsWith("OggS") && start.includes("OpusHead")) return decodeOggOpus(bytes);
  if (start.startsWith("ID3") || looksLikeMp3(bytes)) return decodeMp3(bytes);
  return failed("input-unreadable", "input", "this is not WAV, MP3, Ogg Opus or FLAC");
}

/** An MPEG frame header: eleven set bits, layer II or III, a bit rate and a sample rate that exist. Layer I would fit UTF-16 text. */
function looksLikeMp3([first = 0, second = 0, third = 0]: Uint8Array): boolean {
  const hasSync = first === 0xff && (second & 0xe0) === 0xe0;
  const layer = (second >> 1) & 3;
  const hasBitRate = third >> 4 !== 15 && third >> 4 !== 0;
  return hasSync && (layer === 1 || layer === 2) && hasBitRate && ((third >> 2) & 3) !== 3;
}

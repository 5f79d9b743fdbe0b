import { readFile } from "node:fs/promises";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import { resampleAll } from "../streaming-resampler.ts";
import { readWav } from "./wav-reader.ts";

/** A decoded recording: mono samples in [-1, 1]. */
export interface DecodedAudio {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
  readonly format: "wav" | "mp3" | "ogg-opus" | "flac";
  /** What was wrong with the file although it could be read, one sentence each. */
  readonly warnings: readonly string[];
}

/** What the decoder packages have in common. */
interface PackageOutput {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/**
 * Reads an audio file: WAV, MP3, Ogg Opus or FLAC, told by content and not by name, mixed down to mono. Codes: input-missing,
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
  return decoded.ok ? decoded : failed(decoded.failure.code, "input", `${path}: ${decoded.failure.detail}`);
}

/** Reads an audio file and resamples it. */
export async function readAudioFileAt(path: string, sampleRateHz: number): Promise<Outcome<DecodedAudio>> {
  const decoded = await readAudioFile(path);
  if (!decoded.ok) return decoded;
  const pcm = await resampleAll(decoded.value.pcm, decoded.value.sampleRateHz, sampleRateHz);
  return succeeded({ ...decoded.value, pcm, sampleRateHz });
}

async function decode(bytes: Uint8Array): Promise<Outcome<DecodedAudio>> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString("latin1");
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WAVE") return readWav(bytes);
  if (text.startsWith("fLaC"))
    return decodeWith("flac", async () => {
      const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
      return decodeWhole(new FLACDecoder(), (decoder) => decoder.decodeFile(bytes));
    });
  if (text.startsWith("OggS") && text.includes("OpusHead"))
    return decodeWith("ogg-opus", async () => {
      const { OggOpusDecoder } = await import("ogg-opus-decoder");
      return decodeWhole(new OggOpusDecoder(), (decoder) => decoder.decodeFile(bytes));
    });
  if (text.startsWith("ID3") || looksLikeMp3(bytes))
    return decodeWith("mp3", async () => {
      const { MPEGDecoder } = await import("mpg123-decoder");
      return decodeWhole(new MPEGDecoder(), async (decoder) => decoder.decode(bytes));
    });
  return failed("input-unreadable", "input", "this is not WAV, MP3, Ogg Opus or FLAC");
}

/** An MPEG frame header: eleven set bits, a layer, a bit rate and a sample rate that exist. */
function looksLikeMp3(bytes: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  const hasLayer = ((second >> 1) & 3) !== 0;
  return (
    first === 0xff &&
    (second & 0xe0) === 0xe0 &&
    hasLayer &&
    third >> 4 !== 15 &&
    third >> 4 !== 0 &&
    ((third >> 2) & 3) !== 3
  );
}

async function decodeWhole<D extends { readonly ready: Promise<void>; free(): void | Promise<void> }>(
  decoder: D,
  run: (decoder: D) => Promise<PackageOutput>,
): Promise<PackageOutput> {
  await decoder.ready;
  try {
    return await run(decoder);
  } finally {
    await decoder.free();
  }
}

async function decodeWith(
  format: DecodedAudio["format"],
  run: () => Promise<PackageOutput>,
): Promise<Outcome<DecodedAudio>> {
  let output: PackageOutput;
  try {
    output = await run();
  } catch (error) {
    return failed("input-unreadable", "input", `the ${format} data is damaged: ${(error as Error).message}`);
  }
  const { channelData, sampleRate, errors } = output;
  const frames = channelData[0]?.length ?? 0;
  if (frames === 0) {
    return errors.length > 0
      ? failed("input-unreadable", "input", `the ${format} data is damaged`)
      : failed("input-empty", "input", `the ${format} file holds no samples`);
  }
  const pcm = new Float32Array(frames);
  for (const channel of channelData)
    for (let frame = 0; frame < frames; frame++) pcm[frame]! += channel[frame]! / channelData.length;
  const warnings = errors.length > 0 ? [`${errors.length} damaged stretches of the ${format} data were skipped`] : [];
  return succeeded({ pcm, sampleRateHz: sampleRate, format, warnings });
}

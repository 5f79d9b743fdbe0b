import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { DecodedAudio } from "./audio-file.ts";

/** What the decoder packages have in common. */
interface PackageOutput {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

/** Decodes a whole FLAC file to mono, with a warning when it holds less than it declares. Code: input-unreadable. */
export async function decodeFlac(bytes: Uint8Array): Promise<Outcome<DecodedAudio>> {
  const decoded = await decodeWith("flac", async () => {
    const { FLACDecoder } = await import("@wasm-audio-decoders/flac");
    return decodeWhole(new FLACDecoder(), (decoder) => decoder.decodeFile(bytes));
  });
  if (!decoded.ok) return decoded;
  const { pcm, sampleRateHz, warnings } = decoded.value;
  const declaredSamples = flacSamples(bytes);
  if (declaredSamples <= pcm.length) return decoded;
  const [foundSeconds, declaredSeconds] = [pcm.length, declaredSamples].map((samples) => samples / sampleRateHz);
  const cut = `the file is cut short or damaged: ${foundSeconds?.toFixed(2)} s of ${declaredSeconds?.toFixed(2)} s are there`;
  return succeeded({ ...decoded.value, warnings: [...warnings, cut] });
}

/** Decodes a whole Ogg Opus file to mono at 48 kHz. Code: input-unreadable. */
export async function decodeOggOpus(bytes: Uint8Array): Promise<Outcome<DecodedAudio>> {
  return decodeWith("ogg-opus", async () => {
    const { OggOpusDecoder } = await import("ogg-opus-decoder");
    return decodeWhole(new OggOpusDecoder(), (decoder) => decoder.decodeFile(bytes));
  });
}

/** Decodes a whole MP3 file to mono, the encoder's padding left out. Code: input-unreadable. */
export async function decodeMp3(bytes: Uint8Array): Promise<Outcome<DecodedAudio>> {
  return decodeWith("mp3", async () => {
    const { MPEGDecoder } = await import("mpg123-decoder");
    return decodeWhole(new MPEGDecoder(), async (decoder) => decoder.decode(bytes));
  });
}

/** Samples that the stream information at the start of a FLAC file declares; 0 when unknown. */
function flacSamples(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.byteLength < 26 ? 0 : (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
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
    output = await quietly(run);
  } catch (error) {
    return failed("input-unreadable", "input", `the ${format} data is damaged: ${(error as Error).message}`);
  }
  const { channelData, sampleRate, errors } = output;
  const frames = channelData[0]?.length ?? 0;
  if (frames === 0) return failed("input-unreadable", "input", `no ${format} audio in it can be decoded`);
  const pcm = new Float32Array(frames);
  for (const channel of channelData)
    for (let frame = 0; frame < frames; frame++) pcm[frame]! += channel[frame]! / channelData.length;
  const warnings = errors.length > 0 ? [`${errors.length} damaged stretches of the ${format} data were skipped`] : [];
  return succeeded({ pcm, sampleRateHz: sampleRate, format, warnings });
}

/** Keeps the packages from printing what they also return as errors. */
async function quietly<T>(run: () => Promise<T>): Promise<T> {
  const { error, warn } = console;
  Object.assign(console, { error: () => undefined, warn: () => undefined });
  try {
    return await run();
  } finally {
    Object.assign(console, { error, warn });
  }
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OggPacketReader } from "../../../src-main/play/decode/ogg-packet-reader.ts";
import type { StreamEncoding } from "../../../src-main/play/decode/stream-decoder.ts";
import { seededRandom } from "./seeded-random.ts";

/** Rate of the test signals. */
export const RATE_HZ = 24_000;

/** False where no ffmpeg is there to make compressed streams with. */
export const HAS_FFMPEG = (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, "ffmpeg")));

/** Runs ffmpeg with `input` at its standard input and returns its standard output. */
function ffmpeg(parameters: readonly string[], input?: Uint8Array): Uint8Array {
  return execFileSync("ffmpeg", ["-v", "error", ...parameters], { input, maxBuffer: 2 ** 30 });
}

/** A chirp from 100 Hz to 4 kHz, louder and softer like syllables, with a little noise: 16-bit mono at {@link RATE_HZ}. */
export function chirp(seconds: number): Uint8Array {
  const samples = new Int16Array(seconds * RATE_HZ);
  const random = seededRandom(7);
  let phase = 0;
  for (let index = 0; index < samples.length; index++) {
    const atSeconds = index / RATE_HZ;
    phase += (2 * Math.PI * (100 + (3_900 * (atSeconds % 2)) / 2)) / RATE_HZ;
    const loudness = 0.25 + 0.25 * Math.sin(2 * Math.PI * 3 * atSeconds);
    samples[index] = 32_767 * (loudness * Math.sin(phase) + 0.01 * (random.next() - 0.5));
  }
  return new Uint8Array(samples.buffer);
}

const ENCODERS: Readonly<Record<Exclude<StreamEncoding, "opus-packets">, readonly string[]>> = {
  s16le: ["-f", "s16le"],
  s24le: ["-f", "s24le"],
  s32le: ["-f", "s32le"],
  f32le: ["-f", "f32le"],
  wav: ["-f", "wav"],
  mp3: ["-c:a", "libmp3lame", "-b:a", "48k", "-f", "mp3"],
  "ogg-opus": ["-c:a", "libopus", "-b:a", "32k", "-page_duration", "100000", "-f", "ogg"],
  flac: ["-c:a", "flac", "-f", "flac"],
  "ogg-vorbis": ["-c:a", "libvorbis", "-page_duration", "100000", "-f", "ogg"],
  aac: ["-c:a", "aac", "-f", "adts"],
};

/** Encodes a signal as {@link chirp} makes it. `parameters`: more for the encoder. */
export function encode(
  encoding: Exclude<StreamEncoding, "opus-packets">,
  samples: Uint8Array,
  parameters: readonly string[] = [],
): Uint8Array {
  const input = ["-f", "s16le", "-ar", String(RATE_HZ), "-ac", "1", "-i", "pipe:0"];
  return ffmpeg([...input, ...ENCODERS[encoding], ...parameters, "pipe:1"], samples);
}

/** As {@link encode}, into a file, so that the encoder can go back and complete its headers. `name` says the container. */
export function encodeToFile(name: string, samples: Uint8Array, parameters: readonly string[] = []): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "repartee-fixture-"));
  try {
    const path = join(folder, name);
    ffmpeg(["-f", "s16le", "-ar", String(RATE_HZ), "-ac", "1", "-i", "pipe:0", ...parameters, path], samples);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What ffmpeg decodes a stream to: interleaved floats, all channels. */
export function decodedByFfmpeg(stream: Uint8Array, parameters: readonly string[] = []): Float32Array {
  return new Float32Array(
    Uint8Array.from(ffmpeg([...parameters, "-i", "pipe:0", "-f", "f32le", "pipe:1"], stream)).buffer,
  );
}

/** The audio packets of an Ogg Opus stream. */
export function opusPackets(oggOpus: Uint8Array): readonly Uint8Array[] {
  const packets = new OggPacketReader("OpusHead").read(oggOpus).flatMap((page) => page.packets);
  return packets.slice(2).map((packet) => Uint8Array.from(packet));
}

/** A stream of the encoding as chunks: one packet each for `opus-packets`, one in all for the others. */
export function encodedChunks(encoding: StreamEncoding, samples: Uint8Array): readonly Uint8Array[] {
  return encoding === "opus-packets" ? opusPackets(encode("ogg-opus", samples)) : [encode(encoding, samples)];
}

import { readMpegFrameHeader } from "./mpeg-frame-header.ts";
import type { StreamEncoding } from "./stream-decoder.ts";
import { tagBytes } from "./tag-bytes.ts";

/** A longer tag in front of the audio is not waited for: it is taken for the one of an MP3. */
const MAX_TAG_BYTES = 65_536;
const OGG_HEADER_BYTES = 27;

/**
 * Tells the encoding from the first bytes of a stream. `more`: not told yet, ask again with more bytes (at most 64 KiB are needed, and a few
 * dozen where no tag stands in front). Nothing: none that can be told; bare samples and bare packets never can.
 */
export function sniffEncoding(bytes: Uint8Array): StreamEncoding | "more" | undefined {
  const start = latin1(bytes.subarray(0, 12));
  if (start === "") return "more";
  if (start.startsWith("ID3")) return sniffBehindTag(bytes);
  if (/^(?:RIFF|RF64)....WAVE/s.test(start)) return "wav";
  if (start.startsWith("fLaC")) return "flac";
  if (start.startsWith("OggS")) return sniffOgg(bytes);
  if (start.startsWith("ftyp", 4)) return "aac";
  if (bytes[0] === 0xff) return sniffFrames(bytes);
  const couldBecome = ["RIFF", "RF64", "fLaC", "OggS", "ID3"].some((magic) => magic.startsWith(start.slice(0, 4)));
  const couldBecomeMp4 = bytes[0] === 0 && (start.length < 8 ? "ftyp".startsWith(start.slice(4)) : false);
  return start.length < 12 && (couldBecome || couldBecomeMp4) ? "more" : undefined;
}

function sniffBehindTag(bytes: Uint8Array): StreamEncoding | "more" {
  const tag = tagBytes(bytes, 0);
  if (tag === "more") return "more";
  if (tag > MAX_TAG_BYTES || tag === 0) return "mp3";
  const behind = sniffEncoding(bytes.subarray(tag));
  return behind ?? "mp3";
}

function sniffOgg(bytes: Uint8Array): StreamEncoding | "more" | undefined {
  const bodyStart = OGG_HEADER_BYTES + (bytes[OGG_HEADER_BYTES - 1] ?? 0);
  if (bytes.length < Math.max(bodyStart, OGG_HEADER_BYTES) + 8) return "more";
  const signature = latin1(bytes.subarray(bodyStart, bodyStart + 8));
  if (signature === "OpusHead") return "ogg-opus";
  return signature.startsWith("\u0001vorbis") ? "ogg-vorbis" : undefined;
}

function sniffFrames(bytes: Uint8Array): StreamEncoding | "more" | undefined {
  if (bytes.length < 4) return "more";
  const isAdts = (bytes[1]! & 0xf6) === 0xf0 && ((bytes[2]! >> 2) & 15) < 13;
  if (isAdts) return "aac";
  const header = readMpegFrameHeader(bytes, 0);
  if (!header) return undefined;
  const isNextKnown = bytes.length >= header.frameBytes + 4;
  const isLone = isNextKnown && readMpegFrameHeader(bytes, header.frameBytes)?.kind !== header.kind;
  return isLone ? undefined : "mp3";
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

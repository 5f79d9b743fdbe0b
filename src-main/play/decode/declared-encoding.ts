import type { StreamEncoding } from "./stream-decoder.ts";

const BY_TYPE: Readonly<Record<string, StreamEncoding>> = {
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/x-mp3": "mp3",
  "audio/wav": "wav",
  "audio/wave": "wav",
  "audio/x-wav": "wav",
  "audio/vnd.wave": "wav",
  "audio/opus": "ogg-opus",
  "audio/vorbis": "ogg-vorbis",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/aac": "aac",
  "audio/aacp": "aac",
  "audio/x-aac": "aac",
  "audio/mp4": "aac",
  "audio/m4a": "aac",
  "audio/x-m4a": "aac",
  "audio/pcm": "s16le",
  "audio/x-pcm": "s16le",
  "audio/l16": "s16le",
  "audio/l24": "s24le",
};

const BY_EXTENSION: Readonly<Record<string, StreamEncoding>> = {
  mp3: "mp3",
  wav: "wav",
  wave: "wav",
  opus: "ogg-opus",
  flac: "flac",
  aac: "aac",
  m4a: "aac",
  mp4: "aac",
  pcm: "s16le",
  raw: "s16le",
};

/**
 * The encoding that a content type declares. Nothing where it does not tell (`audio/ogg` without `codecs`, `application/octet-stream`): the
 * first bytes then do. Bare samples are taken for 16 bits, little-endian, also under `audio/L16`, as speech servers send them.
 */
export function encodingOfContentType(contentType: string): StreamEncoding | undefined {
  const [type = "", ...parameters] = contentType.toLowerCase().split(";");
  const name = type.trim();
  if (name !== "audio/ogg" && name !== "application/ogg") return BY_TYPE[name];
  const codecs = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("codecs="));
  if (codecs?.includes("opus")) return "ogg-opus";
  return codecs?.includes("vorbis") ? "ogg-vorbis" : undefined;
}

/**
 * The encoding that the ending of a path or of a URL's path declares. Nothing where it does not tell (`.ogg` and `.oga` hold Opus or Vorbis, no
 * ending at all): the first bytes then do.
 */
export function encodingOfPath(path: string): StreamEncoding | undefined {
  const [, extension = ""] = /\.([a-z0-9]+)$/i.exec(path) ?? [];
  return BY_EXTENSION[extension.toLowerCase()];
}

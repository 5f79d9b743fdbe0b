/**
 * Mono samples to bytes of one encoding, while they come. Each encoder has memory of its own: one that is not finished has to be closed. All of
 * them work in the calling thread and are 50 times faster than real time or more: give them a second at once at most.
 */
export interface AudioEncoder {
  /** Takes samples in [-1, 1], any number, louder ones are clipped; returns the bytes that are ready, possibly none. */
  push(pcm: Float32Array): Uint8Array;
  /** The rest of the stream, which may be all of it. The encoder is used up. */
  finish(): Uint8Array;
  /** Frees what it holds; again, or after `finish`, does nothing. */
  close(): void;
}

/** Encodings by the names of OpenAI's interface. `pcm` is s16le without a header, `opus` is in Ogg. */
export const AUDIO_ENCODINGS = ["pcm", "wav", "mp3", "flac", "opus"] as const;

/** See {@link AUDIO_ENCODINGS}. */
export type AudioEncoding = (typeof AUDIO_ENCODINGS)[number];

/** Content types, for headers. */
export const CONTENT_TYPES: Readonly<Record<AudioEncoding, string>> = {
  pcm: "audio/pcm",
  wav: "audio/wav",
  mp3: "audio/mpeg",
  flac: "audio/flac",
  opus: "audio/ogg",
};

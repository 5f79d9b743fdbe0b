import type { Failure } from "../../../src-shared/failure.ts";

/** Samples that a decoder gave out: mono in [-1, 1], channels averaged. */
export interface DecodedPiece {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/**
 * Bytes of one encoding to samples, with state, so that cutting the stream anywhere changes nothing. One call at a time: the next `push` waits
 * for the one before. Never throws and never rejects: what cannot be decoded is skipped and counted, and a decoder that cannot go on says why.
 */
export interface StreamDecoder {
  /** Takes the next bytes of the stream, any number of them, and returns what became decodable; possibly nothing. */
  push(bytes: Uint8Array): Promise<readonly DecodedPiece[]>;
  /** The stream is over: the rest. The decoder is used up. */
  finish(): Promise<readonly DecodedPiece[]>;
  /** Stretches of bytes that could not be decoded and were skipped. */
  readonly decodeErrors: number;
  /** After `finish`: the stream ended before its own end, in the middle of a sample, a frame or a declared length. */
  readonly isTruncated: boolean;
  /** Why nothing more of the stream can be decoded, where that is known. Codes: input-unreadable, output-unwritable. */
  readonly failure?: Failure | undefined;
  /** Frees what it holds. May be called at any time between calls, again, and during `finish`, which is then soon over. */
  close(): Promise<void>;
}

/** Encodings that can be played. `opus-packets`: every chunk pushed is one Opus packet. `aac` covers m4a and needs ffmpeg. */
export const STREAM_ENCODINGS = [
  "s16le",
  "s24le",
  "s32le",
  "f32le",
  "wav",
  "mp3",
  "ogg-opus",
  "opus-packets",
  "flac",
  "ogg-vorbis",
  "aac",
] as const;

/** See {@link STREAM_ENCODINGS}. */
export type StreamEncoding = (typeof STREAM_ENCODINGS)[number];

/** Rate and channels of a stream that does not carry them itself: the PCM encodings and `opus-packets`. */
export interface RawFormat {
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
}

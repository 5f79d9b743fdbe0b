import type { Outcome } from "../../../src-shared/failure.ts";

/** Encodings in which servers send speech. `ogg-opus` is what they call opus. */
export type SpeechEncoding = "s16le" | "wav" | "mp3" | "ogg-opus" | "flac" | "aac";

/** Samples that were decoded: mono in [-1, 1]. */
export interface DecodedSpeech {
  readonly pcm: Float32Array;
  readonly sampleRateHz: number;
}

/** Bytes of one encoding to samples, however they are cut. Never throws: what cannot be decoded is skipped. */
export interface SpeechDecoder {
  push(bytes: Uint8Array): Promise<readonly DecodedSpeech[]>;
  /** The rest. */
  finish(): Promise<readonly DecodedSpeech[]>;
  /** After `finish`: the stream ended before its own end. */
  readonly isTruncated: boolean;
  /** Frees what it holds. */
  close(): Promise<void>;
}

/** Makes a decoder. The raw format counts for `s16le`. Code: input-unreadable. */
export type CreateSpeechDecoder = (
  encoding: SpeechEncoding,
  rawFormat: { readonly sampleRateHz: number; readonly channels: 1 },
) => Promise<Outcome<SpeechDecoder>>;

const BY_CONTENT_TYPE: readonly (readonly [RegExp, SpeechEncoding])[] = [
  [/^audio\/(?:mpeg|mp3|x-mp3)\b/, "mp3"],
  [/^audio\/(?:wav|x-wav|wave|vnd\.wave)\b/, "wav"],
  [/^audio\/(?:flac|x-flac)\b/, "flac"],
  [/^(?:audio|application)\/ogg\b|^audio\/opus\b/, "ogg-opus"],
  [/^audio\/(?:aac|x-aac|aacp|mp4|x-m4a)\b/, "aac"],
  [/^audio\/(?:pcm|l16|x-pcm)\b/, "s16le"],
];
const NO_AUDIO = /^(?:text|image|font|multipart)\/|^application\/(?:.*[+-])?(?:json|xml|javascript|pdf|zip)\b/;

/** What a content type says about speech: its encoding, undefined where it does not tell, `none` where it cannot be audio. */
export function encodingOf(contentType: string): SpeechEncoding | "none" | undefined {
  if (NO_AUDIO.test(contentType)) return "none";
  return BY_CONTENT_TYPE.find(([pattern]) => pattern.test(contentType))?.[1];
}

/** The rate in a content type like `audio/l16; rate=16000`; undefined where there is none that can be. */
export function rateOf(contentType: string): number | undefined {
  const rateHz = Number(/;\s*rate=(\d{4,6})\b/.exec(contentType)?.[1]);
  return rateHz >= 4_000 && rateHz <= 192_000 ? rateHz : undefined;
}

import type { Failure } from "../../../src-shared/failure.ts";
import type { RawFormat, StreamEncoding } from "../decode/stream-decoder.ts";
import type { JitterSpec } from "../source/jitter-spec.ts";
import type { SharedAudioStreams } from "../streamer/audio-stream-feed.ts";
import type { SpeechRequest } from "../source/speech-request-source.ts";

/** Where the bytes come from. */
export type SourceChoice =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "stdin" }
  /** http, https, ws or wss. */
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "speech"; readonly request: SpeechRequest }
  /** What an engine writes to a ring of its own as f32le, mono, at PLAYBACK_RATE_HZ. */
  | { readonly kind: "ring"; readonly name: string; readonly ring: SharedArrayBuffer }
  /** One stream of an AudioStreamer, as f32le, mono, at the rate of `rawFormat`. */
  | { readonly kind: "streamer"; readonly streams: SharedAudioStreams; readonly sampleIndex: number };

/** One stream to decode into the player's ring. Can be sent to a worker thread. */
export interface FeedRequest {
  readonly source: SourceChoice;
  /** Told by content, then by what the source declares, unless said here. */
  readonly encoding?: StreamEncoding;
  /** For the encodings that do not carry it themselves. */
  readonly rawFormat: RawFormat;
  /** The player's ring and the generation to write as; the feed ends when the generation is void. */
  readonly ring: SharedArrayBuffer;
  readonly generation: number;
  /** Memory of a SourceLedger. */
  readonly ledger: SharedArrayBuffer;
  /** Cuts the stream into pieces of this size; as they come unless said here, or 20 ms of audio with `jitter`. */
  readonly chunkBytes?: number;
  /** Delays the pieces. */
  readonly jitter?: { readonly spec: JitterSpec; readonly seed: number };
  /** Longest wait for an answer and between pieces. */
  readonly timeoutMs?: number;
  /** Saves what was received, below this folder. */
  readonly save?: { readonly folder: string; readonly conversationId?: string };
}

/** How a feed went. A failure in mid-stream leaves what came before in the ring. */
export interface FeedResult {
  /** Samples written at PLAYBACK_RATE_HZ. */
  readonly samples: number;
  readonly encoding: StreamEncoding | undefined;
  /** Why it ended early, be it in the middle of a frame; undefined when it came to its end, or was stopped. */
  readonly failure: Failure | undefined;
  /** The stream ended before its own end. */
  readonly isTruncated: boolean;
  readonly decodeErrors: number;
  /** Files that were saved. */
  readonly saved: readonly string[];
  readonly saveFailure: Failure | undefined;
}

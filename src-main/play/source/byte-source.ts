import type { Outcome } from "../../../src-shared/failure.ts";
import type { StreamEncoding } from "../decode/stream-decoder.ts";

/** Where audio bytes come from: a file, standard input, a server. Nothing is read before it is opened. */
export interface ByteSource {
  /** For people: a path or a host; never anything the user said, never a key. */
  readonly name: string;
  /**
   * Resolves once the first answer is there: the file is open, the response has its headers, the socket is connected. Codes: input-missing,
   * input-unreadable, source-unreachable, source-refused, source-timeout. Aborting rejects with the signal's reason.
   */
  open(signal: AbortSignal): Promise<Outcome<OpenSource>>;
}

/** An open source. */
export interface OpenSource {
  /**
   * The bytes, chunk by chunk as they arrive; the next is asked for only when the one before is dealt with. A source that breaks in
   * mid-stream throws a FailureError (source-lost, source-timeout) after everything that had arrived. Leaving the iteration closes the source.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Total length, where the source knows it. */
  readonly totalBytes?: number;
  /** The encoding that the source declares (a content type, a file name), where it does. */
  readonly declaredEncoding?: StreamEncoding;
}

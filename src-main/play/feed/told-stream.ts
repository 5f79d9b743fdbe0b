import { failure, FailureError } from "../../../src-shared/failure.ts";
import { encodingOfPath } from "../decode/declared-encoding.ts";
import { sniffEncoding } from "../decode/sniff-encoding.ts";
import type { StreamEncoding } from "../decode/stream-decoder.ts";
import { nowMs } from "../../session-clock.ts";
import type { OpenSource } from "../source/byte-source.ts";
import type { FeedRequest } from "./feed-request.ts";

/** A stream whose encoding is known. */
export interface ToldStream {
  readonly encoding: StreamEncoding;
  /** When its first bytes came, on the session clock. */
  readonly firstByteAtMs: number;
  /** The first bytes of it, at least as many as it took to tell. */
  readonly beginning: Uint8Array;
  /** All of the stream, its beginning included. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Reads as much of a stream as it takes to tell its encoding: from what was asked for, else from the content, else from what the source
 * declares. Throws a FailureError: input-unreadable when it cannot be told, input-empty when there are no bytes, and what the source throws.
 */
export async function tellEncoding(open: OpenSource, request: FeedRequest): Promise<ToldStream> {
  const iterator = open.chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let firstByteAtMs = 0;
  let beginning = new Uint8Array(0);
  for (;;) {
    const next = await iterator.next();
    if (next.done) break;
    if (read.length === 0) firstByteAtMs = nowMs();
    read.push(next.value);
    beginning = Buffer.concat([beginning, next.value]);
    if (request.encoding !== undefined || sniffEncoding(beginning) !== "more") break;
  }
  if (beginning.length === 0) throw new FailureError(failure("input-empty", "input", "not a single byte arrived"));
  const sniffed = sniffEncoding(beginning);
  const encoding = request.encoding ?? (sniffed === "more" ? undefined : sniffed) ?? declared(open, request);
  if (encoding === undefined) {
    await iterator.return?.();
    const detail = "the encoding cannot be told from the content; say which it is (--format)";
    throw new FailureError(failure("input-unreadable", "input", detail));
  }
  return { encoding, firstByteAtMs, beginning, chunks: joined(read, iterator) };
}

function declared(open: OpenSource, { source }: FeedRequest): StreamEncoding | undefined {
  if (open.declaredEncoding !== undefined) return open.declaredEncoding;
  if (source.kind === "file") return encodingOfPath(source.path);
  if (source.kind === "url") return encodingOfPath(source.url.replace(/[?#].*$/s, ""));
  return undefined;
}

async function* joined(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  try {
    yield* read;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

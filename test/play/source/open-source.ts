import { FailureError, type Failure } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "../../../src-main/play/source/byte-source.ts";

/** All that a source gave. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly chunks: readonly Uint8Array[];
  /** Of `open`, or of the stream. */
  readonly failure?: Failure;
}

/** Opens a source that is expected to open. */
export async function openSource(source: ByteSource, signal = new AbortController().signal): Promise<OpenSource> {
  const opened = await source.open(signal);
  if (!opened.ok) throw new Error(`not opened: ${opened.failure.code}: ${opened.failure.detail}`);
  return opened.value;
}

/** Opens a source and reads it to its end or its failure. */
export async function receive(source: ByteSource): Promise<Received> {
  const opened = await source.open(new AbortController().signal);
  return opened.ok
    ? await collect(opened.value.chunks)
    : { bytes: new Uint8Array(), chunks: [], failure: opened.failure };
}

/** Reads a stream to its end or its failure. */
export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Received> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { chunks, bytes: joined(chunks) };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { chunks, bytes: joined(chunks), failure: error.failure };
  }
}

/** "code: detail" of what failed. */
export async function failureLine(source: ByteSource): Promise<string> {
  const { failure } = await receive(source);
  return failure ? `${failure.code}: ${failure.detail}` : "no failure";
}

/** Chunks one after the other. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

/** A stream of ready chunks that may end with an error. */
export async function* streamOf(chunks: readonly Uint8Array[], error?: Error): AsyncGenerator<Uint8Array, undefined> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
  if (error) throw error;
}

/** Bytes that are unlike their neighbours: 0, 1, 2, … 250, 0, … */
export function countingBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

/** Resolves once the condition holds; rejects after 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  for (let attempts = 0; !condition(); attempts++) {
    if (attempts > 1000) throw new Error("it never came to that");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The value once it has not changed for 100 ms. */
export async function settled(valueOf: () => number): Promise<number> {
  for (let before = -1; ;) {
    const value = valueOf();
    if (value === before) return value;
    before = value;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

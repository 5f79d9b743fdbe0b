import type { SharedBell } from "./shared-bell.ts";
import type { Chunk, NoChunk, SharedChunkQueues } from "./shared-chunk-queues.ts";

/** What one iteration reads: it never waits, its iterator does. */
export interface ChunkReader<T extends object> {
  /** Rings when it is worth to read again. */
  readonly arrivals: SharedBell;
  /** The stream that is read; undefined for the whole batch. */
  readonly sampleIndex: number | undefined;
  /** The next item, or why there is none. */
  read(): T | NoChunk;
}

/** Reads one stream, chunk by chunk. Throws a RangeError when there is no such stream. */
export function streamReader(queues: SharedChunkQueues, sampleIndex: number): ChunkReader<Chunk> {
  return { arrivals: queues.arrivals(sampleIndex), sampleIndex, read: () => queues.take(sampleIndex) };
}

/** Reads every stream of a batch: what is ready, by index, at most one chunk of each stream at a time. Ends when all have ended. */
export function batchReader(queues: SharedChunkQueues): ChunkReader<Map<number, Chunk>> {
  const open = new Set(Array.from({ length: queues.batchSize }, (_, sampleIndex) => sampleIndex));
  return {
    arrivals: queues.batchArrivals,
    sampleIndex: undefined,
    read() {
      const ready = new Map<number, Chunk>();
      for (const sampleIndex of open) {
        const chunk = queues.take(sampleIndex);
        if (chunk === "ended") open.delete(sampleIndex);
        else if (chunk !== "nothing-yet") ready.set(sampleIndex, chunk);
      }
      if (ready.size > 0) return ready;
      return open.size > 0 ? "nothing-yet" : "ended";
    },
  };
}

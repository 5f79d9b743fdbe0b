import {
  AudioStreamFeed,
  type AudioStreamEndOptions,
  type AudioStreamerOptions,
  type SharedAudioStreams,
} from "./audio-stream-feed.ts";
import { BlockingIterator } from "./blocking-iterator.ts";
import { batchReader, streamReader } from "./chunk-reader.ts";
import type { Chunk } from "./shared-chunk-queues.ts";

/**
 * A batch of streams of audio chunks between threads whose iterators block: for consumers in a worker. The thread that feeds is another one.
 * Several iterators of one stream share it: each chunk goes to exactly one of them, and all of them see the end.
 */
export class AudioStreamer<Stop = null> extends AudioStreamFeed<Stop> implements Iterable<Map<number, Chunk>> {
  /** `streams`: number of new streams, 1 or more; `attach` gives those of another thread. */
  constructor(streams: number | SharedAudioStreams, options: AudioStreamerOptions<Stop> = {}) {
    super(streams, options);
  }

  /** Opens the streams that an AudioStreamer or an AsyncAudioStreamer of another thread shares. */
  static attach<Stop = null>(
    shared: SharedAudioStreams,
    options: AudioStreamEndOptions<Stop> = {},
  ): AudioStreamer<Stop> {
    return new AudioStreamer(shared, options);
  }

  /** The chunks of one stream. Throws a RangeError now when there is no such stream. */
  getStream(sampleIndex: number): IterableIterator<Chunk, undefined> {
    return new BlockingIterator(streamReader(this.queues, sampleIndex), this.timeoutMs);
  }

  /** The batch: every step gives the chunks that are ready, by index, at most one of each stream. Ends when all streams have. */
  [Symbol.iterator](): IterableIterator<Map<number, Chunk>, undefined> {
    return new BlockingIterator(batchReader(this.queues), this.timeoutMs);
  }
}

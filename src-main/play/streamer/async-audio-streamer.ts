import {
  AudioStreamFeed,
  type AudioStreamEndOptions,
  type AudioStreamerOptions,
  type SharedAudioStreams,
} from "./audio-stream-feed.ts";
import { batchReader, streamReader } from "./chunk-reader.ts";
import type { Chunk } from "./shared-chunk-queues.ts";
import { WaitingIterator } from "./waiting-iterator.ts";

/**
 * A batch of streams of audio chunks whose iterators are asynchronous: for consumers that must not block. Fed from its own or from any other thread.
 * Several iterators of one stream share it: each chunk goes to exactly one of them, and all of them see the end. A step that
 * waits keeps its thread alive.
 */
export class AsyncAudioStreamer<Stop = null>
  extends AudioStreamFeed<Stop>
  implements AsyncIterable<Map<number, Chunk>>
{
  /** `streams`: number of new streams, 1 or more; `attach` gives those of another thread. */
  constructor(streams: number | SharedAudioStreams, options: AudioStreamerOptions<Stop> = {}) {
    super(streams, options);
  }

  /** Opens the streams that an AudioStreamer or an AsyncAudioStreamer of another thread shares. */
  static attach<Stop = null>(
    shared: SharedAudioStreams,
    options: AudioStreamEndOptions<Stop> = {},
  ): AsyncAudioStreamer<Stop> {
    return new AsyncAudioStreamer(shared, options);
  }

  /** The chunks of one stream. Throws a RangeError now, not at the first step, when there is no such stream. */
  getStream(sampleIndex: number): AsyncIterableIterator<Chunk, undefined> {
    return new WaitingIterator(streamReader(this.queues, sampleIndex), this.timeoutMs);
  }

  /** The batch: every step gives the chunks that are ready, by index, at most one of each stream. Ends when all streams have. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Map<number, Chunk>, undefined> {
    return new WaitingIterator(batchReader(this.queues), this.timeoutMs);
  }
}

import { succeeded, type Outcome } from "../../../src-shared/failure.ts";
import type { ByteSource, OpenSource } from "../source/byte-source.ts";
import { chunkFlow } from "../source/chunk-flow.ts";
import { AsyncAudioStreamer } from "../streamer/async-audio-streamer.ts";
import type { SharedAudioStreams } from "../streamer/audio-stream-feed.ts";

/** Longest that a timer waits. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * One stream of an audio streamer as f32le bytes. Waits for each chunk no longer than the streamer's own `timeoutMs`, then breaks with
 * source-timeout. What the consumer did not take when it left stays in the stream.
 */
export class StreamerSource implements ByteSource {
  readonly name = "streamer";
  readonly #streams: SharedAudioStreams;
  readonly #sampleIndex: number;

  constructor(streams: SharedAudioStreams, sampleIndex: number) {
    this.#streams = streams;
    this.#sampleIndex = sampleIndex;
  }

  async open(signal: AbortSignal): Promise<Outcome<OpenSource>> {
    signal.throwIfAborted();
    const { timeoutMs } = this.#streams;
    const stream = AsyncAudioStreamer.attach(this.#streams, { timeoutMs: Infinity }).getStream(this.#sampleIndex);
    const pull = {
      next: async () => {
        const { value } = await stream.next();
        return value && new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      },
      close: () => void stream.return?.(),
    };
    const limits = timeoutMs <= LONGEST_MS ? { idleTimeoutMs: timeoutMs } : {};
    return succeeded({
      chunks: chunkFlow(pull, { name: this.name, signal, ...limits }),
      declaredEncoding: "f32le",
    });
  }
}

import { expect, test } from "vitest";
import { AudioStreamTimeoutError } from "../../../src-main/play/streamer/audio-stream-errors.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { chunkOf } from "./chunk-script.ts";

interface Row {
  readonly operation: string;
  readonly ours: string;
  /** What VibeVoice's AudioStreamer does, where that differs. */
  readonly was?: string;
  readonly check: () => void;
}

const ROWS: readonly Row[] = [
  {
    operation: "getStream, index out of range",
    ours: "RangeError at call time",
    was: "ValueError at call time; negative ones accepted",
    check: () => {
      const streamer = new AudioStreamer(2);
      for (const index of [2, -1, 0.5]) expect(() => streamer.getStream(index)).toThrow(RangeError);
    },
  },
  {
    operation: "single stream, nothing arrives",
    ours: "AudioStreamTimeoutError with stream and time; calling next again waits again",
    was: "queue.Empty",
    check: () => {
      const streamer = new AudioStreamer(2, { timeoutMs: 15 });
      const stream = streamer.getStream(1);
      for (let again = 0; again < 2; again += 1) {
        const startedAtMs = performance.now();
        const error = thrownBy(() => stream.next());
        expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(14.9);
        expect(error).toBeInstanceOf(AudioStreamTimeoutError);
        expect(error).toMatchObject({ sampleIndex: 1, timeoutMs: 15 });
      }
      streamer.put([chunkOf(1)], [1]);
      expect(stream.next().value).toEqual(chunkOf(1));
    },
  },
  {
    operation: "single stream, time limit of 0",
    ours: "never waits",
    check: () => {
      const streamer = new AudioStreamer(1, { timeoutMs: 0 });
      expect(() => streamer.getStream(0).next()).toThrow(AudioStreamTimeoutError);
      streamer.put([chunkOf(1)], [0]);
      expect(streamer.getStream(0).next().value).toEqual(chunkOf(1));
    },
  },
  {
    operation: "single stream, next after the end",
    ours: "ends again, every time",
    was: "blocks for ever, or queue.Empty",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.end();
      const stream = streamer.getStream(0);
      for (let again = 0; again < 3; again += 1) expect(stream.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    operation: "two consumers of one stream",
    ours: "each chunk goes to exactly one, both see the end",
    was: "they steal chunks, and one waits for ever",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.put([chunkOf(1), chunkOf(2), chunkOf(3)], [0, 0, 0]);
      streamer.end();
      const one = streamer.getStream(0);
      const other = streamer.getStream(0);
      expect([one.next().value, other.next().value, one.next().value]).toEqual([chunkOf(1), chunkOf(2), chunkOf(3)]);
      expect(other.next().done).toBe(true);
      expect(one.next().done).toBe(true);
    },
  },
  {
    operation: "leaving an iteration",
    ours: "leaves the rest for the next iterator",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.put([chunkOf(1), chunkOf(2)], [0, 0]);
      streamer.end();
      const left = streamer.getStream(0);
      for (const chunk of left) {
        expect(chunk).toEqual(chunkOf(1));
        break;
      }
      expect(left.next().done).toBe(true);
      expect([...streamer.getStream(0)]).toEqual([chunkOf(2)]);
    },
  },
  {
    operation: "batch",
    ours: "each step gives at most one chunk per stream, only of those that are ready",
    check: () => {
      const streamer = new AudioStreamer(3);
      streamer.put([chunkOf(1), chunkOf(2), chunkOf(3)], [0, 0, 2]);
      const batch = streamer[Symbol.iterator]();
      expect(batch.next().value).toEqual(new Map([entry(0, 1), entry(2, 3)]));
      expect(batch.next().value).toEqual(new Map([entry(0, 2)]));
    },
  },
  {
    operation: "batch, final chunk and end",
    ours: "the last chunk comes in one step, the end of its stream in a later one, the end of the batch when all ended",
    check: () => {
      const streamer = new AudioStreamer(2);
      streamer.put([chunkOf(1), chunkOf(2), chunkOf(3)], [0, 1, 1]);
      streamer.end();
      expect([...streamer]).toEqual([new Map([entry(0, 1), entry(1, 2)]), new Map([entry(1, 3)])]);
    },
  },
  {
    operation: "batch, nothing arrives",
    ours: "AudioStreamTimeoutError for no stream in particular; calling next again waits again",
    was: "ignores the timeout, looks every 10 ms, and dies of recursion after 10 s",
    check: () => {
      const streamer = new AudioStreamer(2, { timeoutMs: 15 });
      streamer.end([0]);
      const batch = streamer[Symbol.iterator]();
      const error = thrownBy(() => batch.next());
      expect(error).toBeInstanceOf(AudioStreamTimeoutError);
      expect(error).toMatchObject({ sampleIndex: undefined, timeoutMs: 15 });
      streamer.put([chunkOf(1)], [1]);
      expect(batch.next().value).toEqual(new Map([entry(1, 1)]));
    },
  },
  {
    operation: "batch, next after the end",
    ours: "ends again",
    check: () => {
      const streamer = new AudioStreamer(2);
      streamer.end();
      const batch = streamer[Symbol.iterator]();
      for (let again = 0; again < 3; again += 1) expect(batch.next()).toEqual({ done: true, value: undefined });
    },
  },
  {
    operation: "a thread that may not block",
    ours: "a clear error once it would have to wait, not before",
    was: "blocks whichever thread it is on",
    check: () => {
      const streamer = new AudioStreamer(1);
      streamer.put([chunkOf(1)], [0]);
      const stream = streamer.getStream(0);
      withoutBlocking(() => {
        expect(stream.next().value).toEqual(chunkOf(1));
        expect(() => stream.next()).toThrow(/may not block: use AsyncAudioStreamer/);
      });
    },
  },
];

for (const { operation, ours, was, check } of ROWS) {
  test(`${operation}: ${ours}${was === undefined ? "" : ` (was: ${was})`}`, () => {
    expect.hasAssertions();
    check();
  });
}

function entry(sampleIndex: number, value: number): [number, Float32Array] {
  return [sampleIndex, chunkOf(value)];
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** Makes this thread one that may not block, as the main thread of a page is. */
function withoutBlocking(act: () => void): void {
  const wait = Atomics.wait.bind(Atomics);
  Atomics.wait = () => {
    throw new TypeError("Atomics.wait cannot be called in this context");
  };
  try {
    act();
  } finally {
    Atomics.wait = wait;
  }
}

import { parentPort, workerData } from "node:worker_threads";
import type { SharedAudioStreams } from "../../../src-main/play/streamer/audio-stream-feed.ts";
import { AudioStreamer } from "../../../src-main/play/streamer/audio-streamer.ts";
import { chunkOf } from "./chunk-script.ts";

/** What the thread does as fast as it can. */
export interface HammerTask {
  readonly streams: SharedAudioStreams;
  /**
   * `feed`: puts `count` chunks to stream 0, each its own name and number over and over. `until-ended`: puts a chunk to one stream after the other
   * and takes it again, until the stream has ended.
   */
  readonly kind: "feed" | "until-ended";
  readonly name: number;
  readonly count: number;
}

const { streams, kind, name, count } = workerData as HammerTask;
const streamer = AudioStreamer.attach(streams);
parentPort?.postMessage("ready");
if (kind === "feed") feed();
else putUntilEnded();
parentPort?.postMessage("done");

function feed(): void {
  for (let number = 0; number < count; number += 1) {
    const chunk = Float32Array.from({ length: 2 + 2 * (number % 20) }, (_, sample) =>
      sample % 2 === 0 ? name : number,
    );
    if (!streamer.put([chunk], [0])) streamer.waitUntilDrained([0]);
  }
}

function putUntilEnded(): void {
  const chunk = chunkOf(name, count);
  for (let index = 0; index < streamer.batchSize; index += 1) {
    const stream = streamer.getStream(index);
    do streamer.put([chunk], [index]);
    while (stream.next().done !== true);
  }
}

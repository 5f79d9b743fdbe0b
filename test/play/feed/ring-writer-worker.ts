import { parentPort, workerData } from "node:worker_threads";
import { RingWriter } from "../../../src-main/play/feed/ring-writer.ts";
import { PcmRing } from "../../../src-shared/pcm-ring.ts";

/** What the thread writes: a ramp from 0 on, in pieces. */
export interface RampTask {
  readonly ring: SharedArrayBuffer;
  readonly generation: number;
  readonly pieceSamples: readonly number[];
  readonly sampleRateHz: number;
}

/** What it wrote, and when it was done, on the clock of `performance.timeOrigin + performance.now()`. */
export interface RampWritten {
  readonly samples: number;
  readonly toldSamples: number;
  readonly isVoid: boolean;
  readonly doneAtMs: number;
}

const { ring, generation, pieceSamples, sampleRateHz } = workerData as RampTask;
let toldSamples = 0;
const writer = new RingWriter(new PcmRing(ring), generation, (pcm) => (toldSamples += pcm.length));
let value = 0;
for (const samples of pieceSamples) {
  await writer.write(
    Float32Array.from({ length: samples }, () => value++),
    sampleRateHz,
  );
}
await writer.finish();
const doneAtMs = performance.timeOrigin + performance.now();
const written: RampWritten = { samples: writer.samples, toldSamples, isVoid: writer.isVoid, doneAtMs };
parentPort?.postMessage(written);

import { PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { AdaptiveStart } from "../../src-main/play/adaptive-start.ts";
import { PcmStreamDecoder } from "../../src-main/play/decode/pcm-stream-decoder.ts";
import { FixedStart, type StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import { atLeast, quantile, type BenchResult, type BenchRow } from "../bench-result.ts";
import { QueuePlayer } from "./queue-player.ts";
import { speechSignal, toBytes } from "./speech.ts";
import { VirtualPlayer } from "./virtual-player.ts";

const REPETITIONS = 7;
const LONG_REPETITIONS = 21;
const AUDIO_SECONDS = 300;
const CHUNK_BYTES = 4_096;
const LEAST_TIMES_REAL_TIME = 2_000;
const BLOCK_SAMPLES = PLAYBACK_RATE_HZ / 100;

const PATHS: Readonly<Record<string, (bytes: Uint8Array) => Promise<number>>> = {
  "ring, adaptive start": (bytes) => playThroughRing(bytes, (atMs, known) => new AdaptiveStart(atMs, known)),
  "ring, fixed start": (bytes) => playThroughRing(bytes, () => new FixedStart(150)),
  "queue entry per sample": (bytes) => Promise.resolve(playThroughQueue(bytes)),
};

/** How many seconds of audio go from the bytes of the source to a null sink in one second of one core. See README.md. */
export async function benchCost({ long }: { readonly long: boolean }): Promise<BenchResult> {
  const signal = await speechSignal();
  const bytes = toBytes(signal, AUDIO_SECONDS);
  const speeds = new Map<string, number[]>(Object.keys(PATHS).map((name) => [name, []]));
  for (let count = 0; count <= (long ? LONG_REPETITIONS : REPETITIONS); count++) {
    for (const [name, play] of Object.entries(PATHS)) {
      const startedAtMs = performance.now();
      const played = await play(bytes);
      const timesRealTime = (AUDIO_SECONDS * 1000) / (performance.now() - startedAtMs);
      if (played !== bytes.length / 2) throw new Error(`${name} played ${played} of ${bytes.length / 2} samples`);
      // The first one is for the compiler.
      if (count > 0) speeds.get(name)?.push(timesRealTime);
    }
  }
  const rows = [...speeds].map(([path, values]) => row(path, values));
  const [adaptive] = rows;
  return {
    rows,
    verdicts: [
      atLeast(
        "PCM from source to null sink, times real time",
        Number(adaptive?.["times real time"]),
        LEAST_TIMES_REAL_TIME,
      ),
    ],
  };
}

function row(path: string, speeds: readonly number[]): BenchRow {
  return {
    path,
    "times real time": quantile(speeds, 0.5),
    slowest: Math.min(...speeds),
    fastest: Math.max(...speeds),
    "core share at real time": 1 / quantile(speeds, 0.5),
  };
}

/** Returns how many samples were heard. */
async function playThroughRing(bytes: Uint8Array, startPolicy: StartPolicyMaker): Promise<number> {
  const decoder = new PcmStreamDecoder({ samples: "s16le", sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 });
  const player = new VirtualPlayer(startPolicy);
  let samples = 0;
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    for (const { pcm } of await decoder.push(bytes.subarray(at, at + CHUNK_BYTES))) {
      player.write(pcm);
      samples += pcm.length;
    }
  }
  player.finish(samples);
  if (player.underruns > 0) throw new Error(`${player.underruns} underruns in a stream that is always there`);
  return player.positionSamples;
}

/** As {@link playThroughRing}, with the queue kept below its limit, where it would drop samples. */
function playThroughQueue(bytes: Uint8Array): number {
  const player = new QueuePlayer();
  const block = new Float32Array(BLOCK_SAMPLES);
  let samples = 0;
  for (let at = 0; at < bytes.length || player.length > 0;) {
    while (at < bytes.length && player.length + CHUNK_BYTES / 2 <= 48_000) {
      player.addChunk(bytes.subarray(at, at + CHUNK_BYTES));
      at += CHUNK_BYTES;
    }
    samples += Math.min(block.length, player.length);
    player.render(block);
  }
  return samples;
}

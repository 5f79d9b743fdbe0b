import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import { PlayerLoop } from "../../src-main/play/player-loop.ts";
import type { StartPolicyMaker } from "../../src-main/play/start-policy.ts";
import type { Arrival } from "./policy-traces.ts";
import { BLOCK_MS, VirtualDevice } from "./virtual-device.ts";

const STEP_MS = 2;
const PUMP_MS = 4;
const GENERATION = 1;
/** A voiced sound: 140 Hz with harmonics, never silent for long, so that tempo changes have something to work on. */
const TONE_HZ = 140;

/**
 * Plays one trace with one start policy through the product's own ring, player loop and device process, on a clock of its own: minutes of
 * playback in a second, and the same to the sample every time.
 */
export function simulate(
  arrivals: readonly Arrival[],
  startPolicy: StartPolicyMaker,
  isLengthKnown: boolean,
): StreamMetrics {
  let nowMs = 0;
  const ring = new PcmRing(PcmRing.allocate(40 * PLAYBACK_RATE_HZ), () => nowMs);
  const played: { metrics?: StreamMetrics } = {};
  const loop = new PlayerLoop(ring, {
    nowMs: () => nowMs,
    emit: (event) => {
      if (event.kind === "finished") played.metrics = event.metrics;
    },
  });
  const device = new VirtualDevice(
    () => nowMs,
    (report) => loop.take(report),
  );
  loop.attach(device);
  ring.setGeneration(GENERATION);
  ring.beginWriting(GENERATION);
  loop.begin(GENERATION, 0, startPolicy);
  loop.release(GENERATION);

  const totalSamples = arrivals.reduce((samples, { audioMs }) => samples + msToSamples(audioMs, PLAYBACK_RATE_HZ), 0);
  if (isLengthKnown) ring.expect(totalSamples);
  let written = 0;
  for (let next = 0; !played.metrics && nowMs < 120_000; nowMs += STEP_MS) {
    for (; (arrivals[next]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs; next++) {
      const pcm = tone(written, msToSamples((arrivals[next] as Arrival).audioMs, PLAYBACK_RATE_HZ));
      written += ring.write(pcm, 0, pcm.length, GENERATION);
      if (next === arrivals.length - 1) loop.end(GENERATION, totalSamples);
    }
    if (nowMs % PUMP_MS === 0) loop.pump();
    if (nowMs % BLOCK_MS === 0) device.render();
  }
  if (!played.metrics) throw new Error("the simulated playback did not end");
  return played.metrics;
}

function tone(from: number, length: number): Float32Array {
  const step = (2 * Math.PI * TONE_HZ) / PLAYBACK_RATE_HZ;
  return Float32Array.from({ length }, (_, index) => {
    const phase = (from + index) * step;
    return 0.3 * Math.cos(phase) + 0.15 * Math.cos(2 * phase) + 0.1 * Math.cos(3 * phase);
  });
}

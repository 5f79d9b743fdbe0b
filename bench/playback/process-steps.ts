import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { atMost, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import { playInterrupted, type InterruptedPlayback } from "./interrupted-playback.ts";
import { speechSignal, type Signal } from "./speech.ts";

const SEEDS = 500;
const LONG_SEEDS = 5_000;
const MOST_RATIO = 1.05;
const FADE_SAMPLES = msToSamples(5, PLAYBACK_RATE_HZ);
const TONE_HZ = 150;
const TONE_AMPLITUDE = 0.5;

/** No step between two samples of the output is larger than the signal's own, whatever happens to playback. See README.md. */
export async function benchSteps({ long }: { readonly long: boolean }): Promise<BenchResult> {
  const speech = await speechSignal();
  const seeds = long ? LONG_SEEDS : SEEDS;
  const results = [measureSignal(speech, 0, seeds), measureSignal(tone(speech.pcm.length), TONE_AMPLITUDE, seeds)];
  return { rows: results.map(({ row }) => row), verdicts: results.map(({ verdict }) => verdict) };
}

/**
 * `fadedPeak`: a fade by itself changes a sample of this amplitude by its 120th part, and where one sound fades out while another fades in, the
 * two of them by twice as much; that much more is allowed. 0 where the signal's own steps leave no need for it.
 */
function measureSignal(signal: Signal, fadedPeak: number, seeds: number): { row: BenchRow; verdict: Verdict } {
  const allowed = largestStep(signal.pcm) + (2 * fadedPeak) / FADE_SAMPLES;
  let [largest, worstSeed] = [0, 0];
  const runs: InterruptedPlayback[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const { output, ...counts } = playInterrupted(signal.pcm, seed);
    const step = largestStep(output);
    if (step > largest) [largest, worstSeed] = [step, seed];
    runs.push({ ...counts, output: new Float32Array(0) });
  }
  const sum = (of: (run: InterruptedPlayback) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const row = {
    signal: signal.name,
    seeds,
    "allowed step": allowed,
    "largest step": largest,
    "worst seed": worstSeed,
    gaps: sum((run) => run.gaps),
    pauses: sum((run) => run.pauses),
    flushes: sum((run) => run.flushes),
    "tempo changes": sum((run) => run.tempoChanges),
    "gain ramps": sum((run) => run.gainRamps),
    "stretched s": sum((run) => run.stretchedSamples) / PLAYBACK_RATE_HZ,
  };
  const what = `largest step of ${signal.name} under ${seeds} seeds of interruptions, of what is allowed`;
  return { row, verdict: atMost(what, largest / allowed, MOST_RATIO) };
}

function largestStep(samples: Float32Array): number {
  let largest = 0;
  for (let index = 1; index < samples.length; index++) {
    largest = Math.max(largest, Math.abs((samples[index] as number) - (samples[index - 1] as number)));
  }
  return largest;
}

/** A low tone has small steps of its own, so that smaller clicks show than in speech. */
function tone(samples: number): Signal {
  const step = (2 * Math.PI * TONE_HZ) / PLAYBACK_RATE_HZ;
  const pcm = Float32Array.from({ length: samples }, (_, index) => TONE_AMPLITUDE * Math.sin(step * index));
  return { name: `a tone of ${TONE_HZ} Hz`, pcm };
}

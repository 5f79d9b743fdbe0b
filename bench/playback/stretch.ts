import { msToSamples, PLAYBACK_RATE_HZ } from "../../src-shared/audio-format.ts";
import { PlaybackProcess } from "../../src-shared/playback-process.ts";
import { atLeast, atMost, quantile, type BenchResult, type BenchRow, type Verdict } from "../bench-result.ts";
import { speechSignal } from "./speech.ts";
import { spectra, spectralDistanceDb, trackPitch } from "./voice-analysis.ts";

const BLOCK_SAMPLES = PLAYBACK_RATE_HZ / 100;
const MOST_PITCH_CHANGE = 0.02;
/** Speeds that are allowed, and what has to be reached of them so that there is something to measure. */
const SPEEDS = { slower: { least: 0.9, most: 0.95 }, faster: { least: 1.05, most: 1.1 } } as const;
/** The first splice is made at once, so that a signal may be ahead of its even tempo by the longest of them. */
const LONGEST_SPLICE_SAMPLES = msToSamples(15, PLAYBACK_RATE_HZ);
/** Of what resampling to the same length does to the spectrum. */
const MOST_DISTANCE_RATIO = 0.5;

type Tempo = "slower" | "faster";

/** What slowing down and hurrying does to a voice: its pitch, its length and its spectrum, beside plain resampling. See README.md. */
export async function benchStretch(): Promise<BenchResult> {
  const { name, pcm } = await speechSignal();
  const original = { pitch: trackPitch(pcm), spectra: spectra(pcm) };
  const rows: BenchRow[] = [];
  const verdicts: Verdict[] = [];
  const describe = (changed: Float32Array, speed: number) => ({
    speed,
    "pitch ratio": pitchRatio(original.pitch, trackPitch(changed), speed),
    "spectral distance dB": spectralDistanceDb(original.spectra, spectra(changed), speed),
  });
  for (const tempo of ["slower", "faster"] as const) {
    const stretched = stretch(pcm, tempo);
    const speed = pcm.length / stretched.length;
    const ours = describe(stretched, speed);
    const resampled = describe(resample(pcm, speed), speed);
    rows.push({ path: `${name} ${tempo}`, ...ours });
    rows.push({ path: `${name} ${tempo}, resampled`, ...resampled });
    verdicts.push(
      atLeast(
        `speed when ${tempo}, at least`,
        (pcm.length + LONGEST_SPLICE_SAMPLES) / stretched.length,
        SPEEDS[tempo].least,
      ),
      atMost(
        `speed when ${tempo}, at most`,
        (pcm.length - LONGEST_SPLICE_SAMPLES) / stretched.length,
        SPEEDS[tempo].most,
      ),
      atMost(`change of the pitch when ${tempo}`, Math.abs(ours["pitch ratio"] - 1), MOST_PITCH_CHANGE),
      atMost(
        `spectral distance when ${tempo}, of that of resampling`,
        ours["spectral distance dB"] / resampled["spectral distance dB"],
        MOST_DISTANCE_RATIO,
      ),
    );
  }
  return { rows, verdicts };
}

/** The whole signal through the device side of the player, with the tempo changed all along. */
function stretch(pcm: Float32Array, tempo: Tempo): Float32Array {
  const player = new PlaybackProcess({ sampleRateHz: PLAYBACK_RATE_HZ, capacitySamples: pcm.length });
  const output = new Float32Array(2 * pcm.length);
  const block = new Float32Array(BLOCK_SAMPLES);
  player.command({ kind: "begin", generation: 1, firstSample: 0 }, 0);
  player.append(1, pcm);
  const [slowBelowSamples, hurryAboveSamples] = tempo === "slower" ? [pcm.length + 1, 0] : [0, 1];
  player.command({ kind: "tempo", generation: 1, slowBelowSamples, hurryAboveSamples }, 0);
  player.command({ kind: "start", generation: 1 }, 0);
  for (let at = 0; at + block.length <= output.length; at += block.length) {
    player.process(block, 0);
    output.set(block, at);
    for (let report = player.takeReport(); report; report = player.takeReport()) {
      if (report.kind === "starved") return output.subarray(0, report.elapsedSamples);
    }
  }
  throw new Error("the signal did not end");
}

function resample(pcm: Float32Array, speed: number): Float32Array {
  return Float32Array.from({ length: Math.floor((pcm.length - 1) / speed) }, (_, index) => {
    const at = Math.floor(index * speed);
    const [here, next] = [pcm[at] as number, pcm[at + 1] as number];
    return here + (index * speed - at) * (next - here);
  });
}

/** Median over the voiced frames of the pitch at the same place of both. */
function pitchRatio(original: Float64Array, changed: Float64Array, speed: number): number {
  const ratios = [...changed].map((pitch, index) => pitch / (original[Math.round(index * speed)] ?? Number.NaN));
  return quantile(
    ratios.filter((ratio) => !Number.isNaN(ratio)),
    0.5,
  );
}

import { RECOGNITION_RATE_HZ } from "../../src-shared/audio-format.ts";

/** How the voice comes to the end of speech. */
export interface FinalProsody {
  /** Pitch of the last 50 ms of voiced speech against the speech before, in octaves: negative when it falls. Undefined with too little voice. */
  readonly pitchChange: number | undefined;
  /** How much of the last 5 s is speech, and not a pause, in ms. */
  readonly speakingMs: number;
}

/** What is listened to, from the end of speech backwards. */
const HEARD_MS = 5_000;
/** 4 kHz has all of a voice's pitch. */
const STEP = 4;
const RATE_HZ = RECOGNITION_RATE_HZ / STEP;
const HOP_MS = 10;
const HOP = (RATE_HZ * HOP_MS) / 1000;
const FRAME = RATE_HZ * 0.04;
const LOWEST_HZ = 65;
const HIGHEST_HZ = 350;
/** Normalized autocorrelation of voiced speech. */
const VOICED = 0.55;
/** A longer period must fit better by so much: its multiples fit as well. */
const BETTER = 0.03;
/** Speech is within so much of its loudest; what is quieter is a pause, or the noise of the room. */
const SPEECH_DB = 12;
const FINAL_FRAMES = 5;
const FINAL_SEARCH_FRAMES = 60;
/** The speech before is looked at every 40 ms. */
const SPARSE = 4;
const LEAST_SPARSE_FRAMES = 8;

/** Measures the end of speech in an utterance. `pcm`: mono at RECOGNITION_RATE_HZ. About 1 ms of work. */
export function finalProsody(pcm: Float32Array, speechEndSample: number): FinalProsody {
  const samples = decimate(
    pcm,
    Math.max(0, speechEndSample - (HEARD_MS * RECOGNITION_RATE_HZ) / 1000),
    speechEndSample,
  );
  const speech = { samples, energy: energyUpTo(samples) };
  const levelsDb: number[] = [];
  for (let start = 0; start + FRAME <= samples.length; start += HOP) {
    levelsDb.push(10 * Math.log10(energyBetween(speech, start, start + FRAME) / FRAME));
  }
  const loudestDb = quantile(levelsDb, 0.97);
  const isSpeech = (frame: number) => (levelsDb[frame] as number) > loudestDb - SPEECH_DB;
  const speakingMs = HOP_MS * levelsDb.filter((_, frame) => isSpeech(frame)).length;

  const before: number[] = [];
  for (let frame = 0; frame < levelsDb.length; frame += SPARSE) {
    const octave = isSpeech(frame) ? pitchAt(speech, frame * HOP) : undefined;
    if (octave !== undefined) before.push(octave);
  }
  const final: number[] = [];
  const oldest = Math.max(0, levelsDb.length - FINAL_SEARCH_FRAMES);
  for (let frame = levelsDb.length - 1; frame >= oldest && final.length < FINAL_FRAMES; frame--) {
    const octave = isSpeech(frame) ? pitchAt(speech, frame * HOP) : undefined;
    if (octave !== undefined) final.push(octave);
  }
  const isVoiced = final.length === FINAL_FRAMES && before.length >= LEAST_SPARSE_FRAMES;
  return { pitchChange: isVoiced ? quantile(final, 0.5) - quantile(before, 0.5) : undefined, speakingMs };
}

function decimate(pcm: Float32Array, from: number, to: number): Float32Array {
  const samples = new Float32Array(Math.floor((Math.min(to, pcm.length) - from) / STEP));
  for (let index = 0; index < samples.length; index++) {
    let sum = 0;
    for (let offset = 0; offset < STEP; offset++) sum += pcm[from + index * STEP + offset] as number;
    samples[index] = sum / STEP;
  }
  return samples;
}

/** Samples at RATE_HZ, with the sum of the squares of the first n of them. */
interface MeasuredSpeech {
  readonly samples: Float32Array;
  readonly energy: Float64Array;
}

function energyUpTo(samples: Float32Array): Float64Array {
  const energy = new Float64Array(samples.length + 1);
  for (let index = 0; index < samples.length; index++) {
    energy[index + 1] = (energy[index] as number) + (samples[index] as number) ** 2;
  }
  return energy;
}

function energyBetween({ energy }: MeasuredSpeech, from: number, to: number): number {
  return Math.max(0, (energy[to] as number) - (energy[from] as number)) + 1e-9;
}

/** Pitch as log2 of Hz, by the first high peak of the normalized autocorrelation; undefined where nothing is voiced. */
function pitchAt(speech: MeasuredSpeech, start: number): number | undefined {
  const shortest = Math.floor(RATE_HZ / HIGHEST_HZ);
  const longest = Math.ceil(RATE_HZ / LOWEST_HZ);
  const similarity = new Float64Array(longest + 2);
  for (let lag = shortest - 1; lag <= longest + 1; lag++) similarity[lag] = similarityAt(speech, start, lag);
  const at = (lag: number) => similarity[lag] as number;
  let best: number | undefined;
  for (let lag = shortest; lag <= longest; lag++) {
    const isPeak = at(lag) >= at(lag - 1) && at(lag) >= at(lag + 1);
    if (isPeak && at(lag) > BETTER + (best === undefined ? VOICED : at(best))) best = lag;
  }
  if (best === undefined) return undefined;
  const bend = at(best - 1) - 2 * at(best) + at(best + 1);
  const shift = bend < 0 ? (at(best - 1) - at(best + 1)) / (2 * bend) : 0;
  return Math.log2(RATE_HZ / (best + shift));
}

/** Of a frame with itself, so many samples later: 1 when it repeats. */
function similarityAt(speech: MeasuredSpeech, start: number, lag: number): number {
  const { samples } = speech;
  let product = 0;
  for (let index = start; index + lag < start + FRAME; index++) {
    product += (samples[index] as number) * (samples[index + lag] as number);
  }
  const here = energyBetween(speech, start, start + FRAME - lag);
  return product / Math.sqrt(here * energyBetween(speech, start + lag, start + FRAME));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

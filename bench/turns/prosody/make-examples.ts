/**
 * Makes what `train.py` learns from: `node bench/turns/prosody/make-examples.ts SENTENCES FOLDER VOICE COUNT`. SENTENCES: any English text, a
 * sentence a line. Writes FOLDER/VOICE.features (one byte a number, PROSODY_SHAPE an example) and FOLDER/VOICE.labels (1: the end).
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CAPTURE_RATE_HZ, msToSamples, RECOGNITION_RATE_HZ as RATE_HZ } from "../../../src-shared/audio-format.ts";
import { PROSODY_SAMPLES, prosodyFeatures } from "../../../src-main/detect/prosody-features.ts";
import { resampleAll } from "../../../src-main/streaming-resampler.ts";
import { spokenText, type Speaker } from "../../../test/fixtures/speech.ts";
import { babble, pinkNoise } from "../set/background-noise.ts";
import { Random } from "../set/random.ts";
import { drawSentence, type MarkedSentence } from "../set/sentence-book.ts";
import { stretchPauses, type PausedSpeech } from "../set/stretch-pauses.ts";
import type { PauseKind } from "../set/turn-item.ts";
import { PROSODY_SENTENCES } from "./prosody-sentences.ts";

const KINDS: readonly (PauseKind | "whole")[] = [
  ...(["clause", "conjunction", "filler", "number", "address", "list", "preposition"] as const),
  ...Array<"whole">(3).fill("whole"),
];
/** Of what is said; the rest is from PROSODY_SENTENCES. */
const SHARE_OF_TEXT = 0.6;
/** Each place is heard so often, with other noise. */
const HEARINGS = 2;
/** In so many sentences the longest silence inside a word or between two counts as a pause, as it does for a detector of speech. */
const SHARE_WITH_CLOSURE = 0.3;
/** What is in front of the speech of an utterance, at most. */
const MOST_LEAD_MS = 300;
const NOISE_SECONDS = 60;

const [textPath, folder, speaker, count] = process.argv.slice(2) as [string, string, Speaker, string];
const lines = readFileSync(textPath, "utf8").split("\n");
const random = new Random(`prosody ${speaker}`);
const noises = [
  pinkNoise(NOISE_SECONDS * RATE_HZ, random),
  await resampleAll(await babble(NOISE_SECONDS * CAPTURE_RATE_HZ, random), CAPTURE_RATE_HZ, RATE_HZ),
];
const paths = { features: join(folder, `${speaker}.features`), labels: join(folder, `${speaker}.labels`) };
mkdirSync(folder, { recursive: true });
for (const path of Object.values(paths)) writeFileSync(path, "");
for (let made = 0; made < Number(count);) {
  const { spoken, pauses } = drawSpoken();
  const natural = await spokenText(spoken, speaker, RATE_HZ);
  const rate = random.next() < 0.5 ? 1 : random.between(0.9, 1.12);
  const voice = rate === 1 ? natural : await resampleAll(natural, RATE_HZ, Math.round(RATE_HZ * rate));
  const closures = random.next() < SHARE_WITH_CLOSURE ? 1 : 0;
  const speech = pausing(voice, pauses + closures) ?? pausing(voice, pauses);
  if (!speech) continue;
  const places = [...speech.pauses.map(({ from }) => from), speech.pcm.length];
  for (const [index, place] of places.entries()) {
    for (let hearing = 0; hearing < HEARINGS; hearing++)
      write(hear(speech.pcm.subarray(0, place)), index === speech.pauses.length);
  }
  made++;
}

function drawSpoken(): Pick<MarkedSentence, "spoken" | "pauses"> {
  if (random.next() > SHARE_OF_TEXT) return drawSentence(PROSODY_SENTENCES, random.pick(KINDS), random);
  const line = random.pick(lines);
  const words = line.slice(0, -1).split(" ");
  const pauses = Math.floor(random.next() * (words.length < 6 ? 2 : 3));
  const after = new Set(random.shuffle([...words.keys()].slice(0, -1)).slice(0, pauses));
  const spoken = words.map((word, index) => (after.has(index) ? `${word},` : word)).join(" ");
  return { spoken: spoken + line.slice(-1), pauses };
}

function pausing(voice: Float32Array, count: number): PausedSpeech | undefined {
  const lengthsMs = Array.from({ length: count }, () => random.between(200, 1_500));
  return stretchPauses(voice, RATE_HZ, lengthsMs);
}

/**
 * The speech up to a place as the assistant hears it there: at some level, in some noise, with the beginning of the pause. A detector of speech
 * sees a pause before the last sound has died away, or later in noise.
 */
function hear(speech: Float32Array): Float32Array {
  const isNoisy = random.next() < 0.7;
  const snrDb = isNoisy ? random.between(7, 23) : 40;
  const seen = msToSamples(isNoisy ? random.between(-20, snrDb > 15 ? 200 : 330) : random.between(-70, 150), RATE_HZ);
  const tail = Math.max(0, seen);
  const end = speech.length + Math.min(0, seen);
  const heard = speech.subarray(Math.max(0, end - (PROSODY_SAMPLES - tail)), end);
  const loud = heard.filter((sample) => Math.abs(sample) > 0.01);
  const level = Math.sqrt(loud.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, loud.length)) || 1;
  const gain = 10 ** (random.between(-30, -18) / 20) / level;
  const from = PROSODY_SAMPLES - tail - heard.length;
  const pcm = new Float32Array(PROSODY_SAMPLES);
  pcm.set(
    heard.map((sample) => sample * gain),
    from,
  );
  if (isNoisy) {
    const noise = random.pick(noises);
    const start = Math.floor(random.next() * (noise.length - pcm.length));
    const part = noise.subarray(start, start + pcm.length);
    const noiseLevel = Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length);
    const noiseGain = (gain * level * 10 ** (-snrDb / 20)) / noiseLevel;
    for (const [n, sample] of part.entries()) pcm[n] = (pcm[n] as number) + sample * noiseGain;
  }
  return pcm.fill(0, 0, Math.max(0, from - msToSamples(random.next() * MOST_LEAD_MS, RATE_HZ)));
}

function write(pcm: Float32Array, isEnd: boolean): void {
  const bytes = Int8Array.from(prosodyFeatures(pcm), (value) => Math.max(-127, Math.min(127, Math.round(value * 60))));
  appendFileSync(paths.features, new Uint8Array(bytes.buffer));
  appendFileSync(paths.labels, Uint8Array.of(Number(isEnd)));
}

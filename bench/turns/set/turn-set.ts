import { CAPTURE_RATE_HZ, msToSamples, samplesToMs } from "../../../src-shared/audio-format.ts";
import { speakerSkipReason, spokenText, type Speaker } from "../../../test/fixtures/speech.ts";
import { babble, pinkNoise } from "./background-noise.ts";
import { Random } from "./random.ts";
import { drawSentence, type SentenceBook } from "./sentence-book.ts";
import { stretchPauses, type PausedSpeech } from "./stretch-pauses.ts";
import { TEST_SENTENCES } from "./test-sentences.ts";
import { TUNE_SENTENCES } from "./tune-sentences.ts";
import type { Background, Half, PauseKind, TurnItem } from "./turn-item.ts";

const BOOKS: Record<Half, SentenceBook> = { tune: TUNE_SENTENCES, test: TEST_SENTENCES };
const KINDS: readonly PauseKind[] = ["clause", "conjunction", "filler", "number", "address", "list", "preposition"];
/** Turns of a half with pauses of each kind, and turns without any: 40 %. */
const TURNS_OF_EACH_KIND = 14;
const WHOLE_TURNS = 66;
const TURNS_OF_A_HALF = KINDS.length * TURNS_OF_EACH_KIND + WHOLE_TURNS;

const SHORTEST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 1_500;
const LEAD_MS = 700;
const TAIL_MS = 4_000;
/** Level of the speech without its pauses, in dB of full scale. */
const SPEECH_LEVEL_DB = -24;
const LEVEL_SPREAD_DB = 4;
/** A third of the turns is clean. */
const SNRS_DB = [Number.POSITIVE_INFINITY, 20, 10];
/** A sentence that was said before, or whose pauses cannot be found, is drawn anew, so many times at most. */
const MOST_ATTEMPTS = 40;

/**
 * The turns of one half, in an order that mixes all kinds: any part of it is a fair sample. The same for the same seed on machines
 * with the same voices.
 */
export async function* turnSet(half: Half, seed = "repartee", count = TURNS_OF_A_HALF): AsyncGenerator<TurnItem> {
  const order = new Random(`${seed} ${half}`);
  const kinds = order.shuffle([
    ...KINDS.flatMap((kind) => Array<PauseKind>(TURNS_OF_EACH_KIND).fill(kind)),
    ...Array<"whole">(WHOLE_TURNS).fill("whole"),
  ]);
  const speakers = (["slt", "kal", "espeak"] as const).filter((speaker) => !speakerSkipReason(speaker));
  const used = new Set<string>();
  for (const [index, kind] of kinds.slice(0, count).entries()) {
    const speaker = speakers[index % speakers.length] as Speaker;
    const snrDb = SNRS_DB[Math.floor(index / 3) % SNRS_DB.length] as number;
    const background: Background = snrDb === Number.POSITIVE_INFINITY ? "none" : index % 2 === 0 ? "pink" : "babble";
    const plan = { id: `${half}-${index}`, half, kind, speaker, snrDb, background };
    yield await makeTurn(new Random(`${seed} ${plan.id}`), plan, used);
  }
}

interface TurnPlan {
  readonly id: string;
  readonly half: Half;
  readonly kind: PauseKind | "whole";
  readonly speaker: Speaker;
  readonly snrDb: number;
  readonly background: Background;
}

async function makeTurn(random: Random, { kind, ...plan }: TurnPlan, used: Set<string>): Promise<TurnItem> {
  const { text, speech } = await speak({ kind, ...plan }, random, used);
  const gain = decibels(SPEECH_LEVEL_DB + random.between(-LEVEL_SPREAD_DB, LEVEL_SPREAD_DB)) / spokenLevel(speech);
  const lead = msToSamples(LEAD_MS, CAPTURE_RATE_HZ);
  const pcm = new Float32Array(lead + speech.pcm.length + msToSamples(TAIL_MS, CAPTURE_RATE_HZ));
  pcm.set(
    speech.pcm.map((sample) => sample * gain),
    lead,
  );
  await addBackground(pcm, plan, gain * spokenLevel(speech) * decibels(-plan.snrDb), random);
  const toMs = (sample: number): number => samplesToMs(lead + sample, CAPTURE_RATE_HZ);
  return {
    ...plan,
    text,
    pcm,
    startMs: toMs(0),
    endMs: toMs(speech.pcm.length),
    pauses: kind === "whole" ? [] : speech.pauses.map(({ from, to }) => ({ fromMs: toMs(from), toMs: toMs(to), kind })),
  };
}

/** A sentence that this speaker has not said before. */
async function speak(
  { half, speaker, kind }: TurnPlan,
  random: Random,
  used: Set<string>,
): Promise<{ readonly text: string; readonly speech: PausedSpeech }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { text, spoken, pauses } = drawSentence(BOOKS[half], kind, random);
    if (used.has(`${speaker} ${text}`)) continue;
    const lengthsMs = Array.from({ length: pauses }, () => random.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS));
    const speech = stretchPauses(await spokenText(spoken, speaker, CAPTURE_RATE_HZ), CAPTURE_RATE_HZ, lengthsMs);
    if (!speech) continue;
    used.add(`${speaker} ${text}`);
    return { text, speech };
  }
  throw new Error(`No ${kind} sentence of ${speaker} pauses where it should`);
}

async function addBackground(
  pcm: Float32Array,
  { background }: Pick<TurnPlan, "background">,
  level: number,
  random: Random,
) {
  if (background === "none") return;
  const noise = background === "pink" ? pinkNoise(pcm.length, random) : await babble(pcm.length, random);
  const gain = level / levelOf(noise, noise.length);
  for (let index = 0; index < pcm.length; index++) {
    pcm[index] = (pcm[index] as number) + (noise[index] as number) * gain;
  }
}

/** Root mean square of speech, its pauses left out. */
function spokenLevel({ pcm, pauses }: PausedSpeech): number {
  return levelOf(pcm, pcm.length - pauses.reduce((sum, { from, to }) => sum + to - from, 0));
}

function levelOf(pcm: Float32Array, samples: number): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / samples);
}

function decibels(ratioDb: number): number {
  return 10 ** (ratioDb / 20);
}

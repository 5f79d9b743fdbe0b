import { join } from "node:path";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";
import { spokenText } from "../../test/fixtures/speech.ts";
import { atLeast, atMost, quantile, type BenchResult, type BenchRow } from "../bench-result.ts";
import { agree, BargeInStage, INTERRUPTIONS, interrupt, VOICES, type Interjection } from "./barge-in.ts";
import { Random } from "./set/random.ts";
import { measureSoundLoop } from "./sound-loop.ts";
import { SpeakingPage } from "./spoken-over.ts";

/** How loud the microphone hears the speaker, as a ratio of amplitudes. */
const ECHO_RATIO = 0.5;
const RENDERER = join(import.meta.dirname, "../../out/renderer");
const PART = "speech over a reply";

/** Speech over replies in Chromium, in a room where the microphone hears the speaker: so many interruptions and backchannels, and minutes alone. */
export async function measureInterruptions(count: number, minutesAlone: number): Promise<BenchResult> {
  const loopMs = await measureSoundLoop(count);
  const { duckedMs, ducksAlone } = await measureDucking(count);
  const stage = await BargeInStage.open(ECHO_RATIO);
  try {
    const interrupted = await interrupt(stage, count);
    const agreed = await agree(stage, count);
    const alone = await stage.talkAlone(minutesAlone);
    const silentMs = interrupted.map((one) => one.silentMs ?? Number.POSITIVE_INFINITY);
    const goneOn = agreed.filter((one) => one.silentMs === undefined && !one.becameTurn).length;
    return {
      rows: [
        { part: PART, what: "sound card and browser by themselves: a tone at -14 dB after ms", ...quantiles(loopMs) },
        { part: PART, what: "alone: ducks in one answer", count: 1, p50: ducksAlone },
        { part: PART, what: "interruption: output at -12 dB after ms", ...quantiles(duckedMs) },
        { part: PART, what: "interruption: output silent after ms", ...quantiles(silentMs) },
        ...byText(interrupted),
        { part: PART, what: "backchannel: the answer goes on, of all", count: agreed.length, p50: goneOn },
        { part: PART, what: "alone: s of talk, interruptions", count: alone.spokenMs / 1000, p50: alone.interruptions },
      ],
      verdicts: [
        atMost("interruption: output at -12 dB, p95, ms", quantile(duckedMs, 0.95), 100),
        atMost("interruption: output silent, p95, ms", quantile(silentMs, 0.95), 500),
        atLeast("share of backchannels that do not stop the answer", goneOn / agreed.length, 0.9),
        atMost(`self-interruptions in ${minutesAlone} min alone`, alone.interruptions, 0),
        atMost(`phantom turns in ${minutesAlone} min alone`, alone.phantomTurns, 0),
      ],
    };
  } finally {
    await stage.close();
  }
}

/** From the onset of speech at the microphone to an output of -12 dB, for so many moments of known speech; and the ducks of an answer alone. */
async function measureDucking(count: number): Promise<{ duckedMs: number[]; ducksAlone: number }> {
  const page = await SpeakingPage.open(ECHO_RATIO, RENDERER);
  try {
    const random = new Random("ducking");
    const { ducks: ducksAlone } = await page.talkAlone();
    const duckedMs: number[] = [];
    for (let index = 0; index < count; index++) {
      const speech = await spokenText(random.pick(INTERRUPTIONS), random.pick(VOICES), ROOM_RATE_HZ);
      const over = await page.speakOver(speech, random.between(700, 5_000));
      duckedMs.push(over.duckedMs ?? Number.POSITIVE_INFINITY);
    }
    return { duckedMs, ducksAlone };
  } finally {
    await page.close();
  }
}

function byText(interrupted: readonly Interjection[]): BenchRow[] {
  return [...Map.groupBy(interrupted, ({ text }) => text)].map(([text, all]) => ({
    part: PART,
    what: `silent after "${text}", ms`,
    ...quantiles(all.map(({ silentMs }) => silentMs ?? Number.POSITIVE_INFINITY)),
  }));
}

function quantiles(values: readonly number[]): { count: number; p50: number; p95: number } {
  return { count: values.length, p50: quantile(values, 0.5), p95: quantile(values, 0.95) };
}

import { CAPTURE_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { sharedSpeech, withSilence } from "../../test/fixtures/speech.ts";
import type { BenchRow } from "../bench-result.ts";
import { speechSpan } from "./set/stretch-pauses.ts";
import { decideBySilence } from "./silence-only.ts";
import type { EngineMemory } from "./virtual/engine-memory.ts";
import { recognitionFrames, type TakenTurn, type VirtualSound } from "./virtual-session.ts";

const FILE = "jfk.wav";
const LEAD_MS = 700;
const TAIL_MS = 4_000;

/** A man's speech with long rhetorical pauses, as it is: where each setting would answer. A row says so where the file is missing. */
export async function speechRows(
  memory: EngineMemory,
  thresholdsMs: readonly number[],
  take: (sound: VirtualSound) => Promise<Readonly<Record<string, TakenTurn>>>,
): Promise<BenchRow[]> {
  const part = FILE;
  const recording = sharedSpeech(FILE);
  if (!recording) return [{ part, setting: `skipped: there is no ${FILE} in the folder of human speech` }];
  const speech = await resampleAll(recording.pcm, recording.rateHz, CAPTURE_RATE_HZ);
  const pcm = withSilence(speech, CAPTURE_RATE_HZ, LEAD_MS, TAIL_MS);
  const sound = { id: FILE, pcm, endMs: samplesToMs(speechSpan(pcm).to, CAPTURE_RATE_HZ) };
  const frames = await recognitionFrames(pcm);
  const probabilities = await memory.detectAll(
    FILE,
    frames.map((frame) => frame.pcm),
  );
  const silence = thresholdsMs.map(
    (thresholdMs) => [`silence of ${thresholdMs} ms`, decideBySilence(probabilities, thresholdMs, 0)] as const,
  );
  return [...silence, ...Object.entries(await take(sound))].map(([setting, { decidedAtMs = Number.NaN }]) => ({
    part,
    setting,
    "cuts in": decidedAtMs < sound.endMs ? "yes" : "no",
    "decided after the true end, ms": decidedAtMs - sound.endMs,
  }));
}

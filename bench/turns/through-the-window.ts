import { setTimeout as sleep } from "node:timers/promises";
import { CAPTURE_RATE_HZ } from "../../src-shared/audio-format.ts";
import { resampleAll } from "../../src-main/streaming-resampler.ts";
import { onsetMs } from "../../test/e2e/rig/analysis.ts";
import type { SoundRig } from "../../test/e2e/rig/sound-rig.ts";
import { ROOM_RATE_HZ } from "../../test/e2e/rig/sound-room.ts";
import { atMost, type BenchResult } from "../bench-result.ts";
import { startAssistantInRoom } from "./assistant-in-room.ts";
import { endpointFigures, endpointRow, type AnsweredTurn } from "./endpoint-figures.ts";
import type { TurnItem } from "./set/turn-item.ts";
import { turnSet } from "./set/turn-set.ts";

const AUDIBLE_DB = -50;
/** The latest beginning of an answer. */
const WATCHED_MS = 3_500;
const PART = "through Chromium and PulseAudio";

/** The first so many turns of the test half, or all, spoken into the microphone of the real window, judged by what leaves the speaker. */
export async function measureThroughTheWindow(turns?: number): Promise<BenchResult> {
  const { rig, page, close } = await startAssistantInRoom();
  try {
    await sleep(3_000);
    const answered: AnsweredTurn[] = [];
    for await (const item of turnSet("test", undefined, turns)) {
      answered.push(await ask(rig, item));
      for (let presses = 0; presses < 2; presses++) {
        await page.keyboard.press("Escape");
        await sleep(700);
      }
    }
    const figures = endpointFigures(answered);
    return {
      rows: [{ part: PART, ...endpointRow("balanced", figures), turns: answered.length }],
      verdicts: [atMost(`${PART}: median delay from the true end to the first sound, ms`, figures.medianMs, 420)],
    };
  } finally {
    await close();
  }
}

async function ask(rig: SoundRig, item: TurnItem): Promise<AnsweredTurn> {
  const { startedAtMs } = await rig.play(await resampleAll(item.pcm, CAPTURE_RATE_HZ, ROOM_RATE_HZ));
  await sleep(Math.max(0, startedAtMs + item.endMs + WATCHED_MS + 200 - Date.now()));
  const [fromMs, endMs] = [startedAtMs + item.startMs, startedAtMs + item.endMs];
  const early = onsetMs(await rig.cut(fromMs, endMs), ROOM_RATE_HZ, AUDIBLE_DB);
  const delayMs = onsetMs(await rig.cut(endMs, endMs + WATCHED_MS), ROOM_RATE_HZ, AUDIBLE_DB);
  return { item, cutIn: early !== undefined, delayMs: delayMs ?? Number.POSITIVE_INFINITY };
}

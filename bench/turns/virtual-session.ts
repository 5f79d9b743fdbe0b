import { CAPTURE_FRAME_SAMPLES, FRAME_MS } from "../../src-shared/audio-format.ts";
import type { TurnMarks } from "../../src-shared/latency-report.ts";
import type { Patience } from "../../src-shared/settings.ts";
import type { TurnView } from "../../src-shared/turn-view.ts";
import { MicrophoneIntake } from "../../src-main/capture/microphone-intake.ts";
import { DEFAULT_CONDUCT } from "../../src-main/turn/conduct.ts";
import type { EndOfTurnPredictor } from "../../src-main/turn/ports.ts";
import { TurnRunner, type RecordedStep } from "../../src-main/turn/runner.ts";
import type { TurnItem } from "./set/turn-item.ts";
import type { EngineMemory } from "./virtual/engine-memory.ts";
import { VirtualClock } from "./virtual/virtual-clock.ts";
import { createVirtualStages } from "./virtual/virtual-stages.ts";

/** How the assistant is set. */
export interface VirtualConduct {
  readonly patience: Patience;
  readonly createPredictor: () => EndOfTurnPredictor;
}

/** What is heard: see TurnItem. `id` names the sound. */
export type VirtualSound = Pick<TurnItem, "id" | "pcm" | "endMs">;

/** How the assistant took a turn. Times in ms on the item's time line; undefined for what did not happen. */
export interface TakenTurn {
  /** When it first thought that the turn was over. */
  readonly decidedAtMs: number | undefined;
  /** That was before the true end. The rest is then about a reply that came too early. */
  readonly cutIn: boolean;
  readonly transcriptFinalAtMs: number | undefined;
  readonly firstAudibleAtMs: number | undefined;
  readonly transcript: string;
  /** Of the first turn that was answered. */
  readonly marks: TurnMarks;
  readonly turns: readonly TurnView[];
}

/**
 * Has the real turn-taking hear one turn in virtual time, up to the first sound of a reply or the end of the item. Engines answer as late
 * as they did the first time they were asked; nothing depends on how long this takes.
 */
export async function takeTurn(
  item: VirtualSound,
  memory: EngineMemory,
  { patience, createPredictor }: VirtualConduct,
): Promise<TakenTurn> {
  const frames = await recognitionFrames(item.pcm);
  await memory.detectAll(
    item.id,
    frames.map(({ pcm }) => pcm),
  );
  const clock = new VirtualClock();
  const predictor = createPredictor();
  let decidedAtMs: number | undefined;
  let isAudible = false;
  const observer = {
    changed: () => undefined,
    turnEnded: () => undefined,
    failed: ({ code, detail }: { readonly code: string; readonly detail: string }) => {
      throw new Error(`${code}: ${detail}`);
    },
    stepped: ({ atMs, fact, commands }: RecordedStep) => {
      if (commands.some(({ kind }) => kind === "release")) decidedAtMs ??= atMs;
      isAudible ||= fact.kind === "audio-started";
    },
  };
  const runner = new TurnRunner(createVirtualStages(clock, memory, predictor, item.id), observer);
  runner.tell({ kind: "conduct-changed", conduct: { ...DEFAULT_CONDUCT, patience } });
  runner.tell({ kind: "opened" });
  for (const [index, { pcm, endedAtMs }] of frames.entries()) {
    await clock.advanceTo((index + 1) * FRAME_MS);
    if (isAudible) break;
    void runner.hear(pcm, endedAtMs);
  }
  await predictor.close();
  const answered = runner.turns.find(({ marks }) => marks.firstAudibleAtMs !== undefined);
  return {
    decidedAtMs,
    cutIn: decidedAtMs !== undefined && decidedAtMs < item.endMs,
    transcriptFinalAtMs: answered?.marks.transcriptFinalAtMs,
    firstAudibleAtMs: answered?.marks.firstAudibleAtMs,
    transcript: answered?.transcript ?? runner.turns.at(-1)?.transcript ?? "",
    marks: answered?.marks ?? {},
    turns: runner.turns,
  };
}

/** A frame as the runner hears it. */
export interface RecognitionFrame {
  /** 512 samples at 16 kHz. */
  readonly pcm: Float32Array;
  /** Time just after its last sample, in ms. Frame n is there at (n + 1) * FRAME_MS. */
  readonly endedAtMs: number;
}

/** What the microphone's intake makes of audio at CAPTURE_RATE_HZ. */
export async function recognitionFrames(pcm: Float32Array): Promise<RecognitionFrame[]> {
  const frames: RecognitionFrame[] = [];
  const intake = await MicrophoneIntake.create({
    onFrame: (frame, endedAtMs) => frames.push({ pcm: frame, endedAtMs }),
    onBreak: () => undefined,
  });
  for (let from = 0; from + CAPTURE_FRAME_SAMPLES <= pcm.length; from += CAPTURE_FRAME_SAMPLES) {
    const endedAtMs = (from / CAPTURE_FRAME_SAMPLES + 1) * FRAME_MS;
    intake.accept({ pcm: pcm.slice(from, from + CAPTURE_FRAME_SAMPLES), endedAtMs });
  }
  return frames;
}

import type { AssistantEvent } from "../../src-shared/assistant-contract.ts";
import type { AssistantSnapshot, TurnView } from "../../src-shared/turn-view.ts";

let lastRevision = 0;

/** Listening, with nothing said. */
export const QUIET: AssistantSnapshot = {
  revision: 0,
  state: "listening",
  muted: false,
  paused: false,
  duplex: "full",
  turns: [],
  timers: [],
};

/** A snapshot newer than all before it: listening, with nothing said, unless stated. */
export function snapshotEvent(change: Partial<AssistantSnapshot> = {}): AssistantEvent {
  const snapshot = { ...QUIET, ...change };
  return { kind: "snapshot", snapshot: { ...snapshot, revision: ++lastRevision } };
}

/** A spoken turn that was answered and heard to its end, unless stated. Voice to voice 560 ms, time to first audio 250 ms. */
export function turnView(change: Partial<TurnView> = {}): TurnView {
  const reply = "It is a quarter past seven.";
  return {
    turnId: 1,
    origin: "spoken",
    transcript: "What time is it?",
    transcriptIsFinal: true,
    reply,
    heard: reply,
    interrupted: false,
    marks: {
      speechStartedAtMs: 0,
      speechEndedAtMs: 1_000,
      transcriptFinalAtMs: 1_220,
      firstTokenAtMs: 1_300,
      firstSentenceAtMs: 1_310,
      firstPcmAtMs: 1_380,
      turnDecidedAtMs: 1_500,
      firstAudibleAtMs: 1_560,
      playbackEndedAtMs: 3_960,
    },
    player: {
      ttfbMs: 60,
      ttfaMs: 250,
      generationMs: 300,
      playbackMs: 2_400,
      audioMs: 2_400,
      underruns: 0,
      underrunTotalMs: 0,
      underrunMaxMs: 0,
      chunksReceived: 3,
      stretchedMs: 0,
      bytesReceived: 230_400,
      decodeErrors: 0,
      chunksAfterEnd: 0,
      samplesPlayed: 57_600,
      startThresholdMs: 40,
      audioPath: "renderer",
    },
    ...change,
  };
}

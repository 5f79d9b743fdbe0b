import type { AssistantSnapshot } from "../../src-shared/turn-view.ts";

/** The texts about microphone, speaker and echo in the settings. */
export const DIAGNOSTICS_STRINGS = {
  name: "Sound check",
  microphone: "Microphone",
  output: "Speaker",
  unknown: "not told by the browser",
  processing: "Browser’s processing",
  echoCancellation: "echo cancellation",
  noiseSuppression: "noise suppression",
  autoGainControl: "gain control",
  on: (names: string) => `${names} on`,
  off: (names: string) => `${names} off`,
  format: "Microphone’s format",
  channels: (count: number) => (count === 1 ? "mono" : `${count} channels`),
  latency: (ms: number) => `latency ${ms} ms`,
  echo: "Echo",
  notTested: "not tested with this speaker",
  loss: (lossDb: number) => `${lossDb.toFixed(0)} dB weaker than it was played`,
  layer: "While it talks",
  layers: {
    full: "You can interrupt at any time.",
    guarded: "Some echo is left: you have to speak a little clearer to interrupt.",
    half: "The echo is as loud as speech: only “stop” or Esc interrupts.",
  } satisfies Record<AssistantSnapshot["duplex"], string>,
  engine: "Sound engine",
  states: { running: "running", suspended: "held back by the browser", closed: "closed" } as Record<string, string>,
  testHint: "Plays a sound of half a second. It waits until nobody talks.",
} as const;

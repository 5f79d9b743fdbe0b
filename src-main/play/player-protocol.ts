import type { MessagePort } from "node:worker_threads";
import type { PlayerEvent } from "../turn/ports.ts";

/** Which output the player worker opens. `originAtMs`: session time of a clocked sink's first sample. */
export type SinkChoice =
  /** A device at the other end of a message port, for example the renderer's playback worklet. */
  | { readonly kind: "port"; readonly name: string; readonly port: MessagePort }
  /** The machine's default output, without a renderer. */
  | { readonly kind: "native" }
  /** A WAV file on a sample clock, 16-bit mono at PLAYBACK_RATE_HZ. */
  | { readonly kind: "wav"; readonly path: string; readonly originAtMs: number }
  /** Nowhere, on a sample clock. */
  | { readonly kind: "null"; readonly originAtMs: number }
  | { readonly kind: "none" };

/** When a reply starts: as soon as what waits lasts to its end, or with a fixed amount of audio. */
export type StartPolicyChoice = { readonly kind: "adaptive" } | { readonly kind: "fixed"; readonly preRollMs: number };

/** What the player worker is told. */
export type PlayerRequest =
  | { readonly kind: "attach"; readonly sink: SinkChoice }
  | {
      readonly kind: "begin";
      readonly generation: number;
      readonly requestedAtMs: number;
      readonly startPolicy: StartPolicyChoice;
      /** Memory of a SourceLedger. */
      readonly ledger: SharedArrayBuffer | undefined;
      readonly isLive: boolean;
    }
  | { readonly kind: "release"; readonly generation: number }
  | { readonly kind: "end"; readonly generation: number; readonly totalSamples: number }
  | { readonly kind: "flush" }
  | { readonly kind: "pause"; readonly generation: number; readonly paused: boolean }
  | { readonly kind: "gain"; readonly ratio: number }
  | { readonly kind: "close" };

/** What the player worker tells. `closed` comes last, after the sink was closed and its file completed. */
export type PlayerReply = PlayerEvent | { readonly kind: "closed" };

/** What the player worker is started with. */
export interface PlayerWorkerData {
  readonly ring: SharedArrayBuffer;
}

import type { z } from "zod";
import type { Outcome } from "./failure.ts";
import type { LabEvent } from "./playback-lab.ts";
import type { requestSchemas } from "./request-schemas.ts";
import type { Settings } from "./settings.ts";
import type { AssistantSnapshot } from "./turn-view.ts";

/**
 * The whole conversation between a window and the assistant: requests up, events down, and two audio ports. Both shells carry exactly
 * this; nothing else crosses.
 */

/** Name of a request. */
export type RequestName = keyof typeof requestSchemas;

/** Input of a request. */
export type RequestInput<N extends RequestName> = z.infer<(typeof requestSchemas)[N]>;

/** What each request answers on success. */
export interface RequestResults {
  "update-settings": Settings;
  "type-text": null;
  "stop-speaking": null;
  "set-muted": null;
  "set-paused": null;
  "test-echo": null;
  "talk-key": null;
  done: null;
  "report-output": null;
  "report-microphone": null;
  "cancel-timer": null;
  "lab-play": null;
  "lab-stop": null;
}

/** Events from the assistant to every window. */
export type AssistantEvent =
  | { readonly kind: "snapshot"; readonly snapshot: AssistantSnapshot }
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "lab"; readonly event: LabEvent }
  /** Made by the carrier itself when it loses or regains the assistant. */
  | { readonly kind: "connection"; readonly open: boolean };

/** One microphone frame on the microphone port: CAPTURE_FRAME_SAMPLES mono samples in [-1, 1]. */
export interface MicrophoneFrame {
  readonly pcm: Float32Array;
  /** Epoch ms of the instant just after the last sample. */
  readonly endedAtMs: number;
}

/** The one object a window gets, as `window.assistant`. The preload script or the browser carrier makes it. */
export interface AssistantBridge {
  readonly shell: "electron" | "browser";
  request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<Outcome<RequestResults[N]>>;
  /** Calls back with every event until the returned function is called. The latest snapshot and settings come first. */
  subscribe(listener: (event: AssistantEvent) => void): () => void;
  /**
   * Asks for a fresh pair of audio ports. They arrive as one window message `{ kind: AUDIO_PORTS_MESSAGE }` whose ports are, in this order,
   * microphone and speaker. An earlier pair is closed.
   */
  requestAudioPorts(): void;
}

/** See {@link AssistantBridge.requestAudioPorts}. */
export const AUDIO_PORTS_MESSAGE = "repartee-audio-ports";

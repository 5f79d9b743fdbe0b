import type { SpeakerCommand, SpeakerReport } from "../../src-shared/speaker-protocol.ts";

/** Most audio the player keeps waiting at a device: enough to ride out a blocked main thread, dropped at once by a flush. */
export const DEVICE_AHEAD_MS = 4_000;

/** Where sound goes: takes commands in order, reports back through the callback it was made with. Player thread. */
export interface SpeakerDevice {
  /** Name of the audio path in metrics, for example "renderer" or "file". */
  readonly name: string;
  command(message: SpeakerCommand): void;
  /** Audio of the current reply. The array is used again after the call. */
  pcm(generation: number, samples: Float32Array): void;
  /** Renders what is due, reports it, and plays no more. Resolves when the output is free. */
  close(): Promise<void>;
}

/** Receives what a device reports. The object is used again after the call. */
export type ReportListener = (report: SpeakerReport) => void;

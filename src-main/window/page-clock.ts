import type { MicrophoneFrame } from "../../src-shared/assistant-contract.ts";
import type { SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import { wallLeadMs } from "../../src-shared/wall-lead.ts";

/** The two clocks are read with a grain of 1 ms each, one after the other. */
const GRAIN_MS = 5;

/** Brings the times of one page onto the session clock. */
export class PageClock {
  readonly #lagMs: number;

  /** `pageWallLeadMs`: `wallLeadMs(Date, performance)` of the page, measured just now. */
  constructor(pageWallLeadMs: number) {
    const lagMs = pageWallLeadMs - wallLeadMs(Date, performance);
    this.#lagMs = Math.abs(lagMs) < GRAIN_MS ? 0 : lagMs;
  }

  frame({ pcm, endedAtMs }: MicrophoneFrame): MicrophoneFrame {
    return { pcm, endedAtMs: endedAtMs + this.#lagMs };
  }

  report(report: SpeakerReport): SpeakerReport {
    return "atMs" in report ? { ...report, atMs: report.atMs + this.#lagMs } : report;
  }
}

import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import type { PlayerEvent } from "../../turn/ports.ts";
import type { EventLog } from "./event-log.ts";

/** Where lines go: an event log, or anything like it. */
export type LogWriter = Pick<EventLog, "write">;

/** Writes what a player tells while it plays: that it started, is heard, had a gap. `requestedAtMs`: of the reply, where that is known. */
export function writeProgress(log: LogWriter, sessionId: string, event: PlayerEvent, requestedAtMs?: number): void {
  switch (event.kind) {
    case "started":
      return log.write("TTS_PLAYBACK_START", { start_threshold_ms: Math.round(event.bufferedMs) }, sessionId);
    case "audible": {
      const ttfa = requestedAtMs === undefined ? {} : { ttfa_ms: Math.round(event.atMs - requestedAtMs) };
      return log.write("TTS_FIRST_AUDIO", ttfa, sessionId);
    }
    case "underrun": {
      const atMs = Math.round(samplesToMs(event.positionSamples, PLAYBACK_RATE_HZ));
      return log.write("UNDERRUN", { duration_ms: Math.round(event.durationMs), at_ms: atMs }, sessionId);
    }
    case "progress":
    case "finished":
    case "output-failed":
      return;
  }
}

import { PLAYBACK_RATE_HZ, samplesToMs } from "../../../src-shared/audio-format.ts";
import type { PlayerEvent } from "../../turn/ports.ts";
import type { EventLog } from "./event-log.ts";
import { loggedMetrics, newSessionId } from "./playback-events.ts";

/** Makes the listener that writes what a player tells to an event log, as one session from now on. */
export function journalPlayback(log: Pick<EventLog, "write">): (event: PlayerEvent) => void {
  const sessionId = newSessionId();
  log.write("SESSION_START", {}, sessionId);
  return (event) => {
    switch (event.kind) {
      case "started":
        return log.write("TTS_PLAYBACK_START", { start_threshold_ms: Math.round(event.bufferedMs) }, sessionId);
      case "audible":
        return log.write("TTS_FIRST_AUDIO", {}, sessionId);
      case "underrun": {
        const atMs = Math.round(samplesToMs(event.positionSamples, PLAYBACK_RATE_HZ));
        return log.write("UNDERRUN", { duration_ms: Math.round(event.durationMs), at_ms: atMs }, sessionId);
      }
      case "finished": {
        const { metrics, flushed } = event;
        if (flushed) log.write("TOOL_CANCELLED", { played_ms: metrics.playbackMs ?? 0 }, sessionId);
        const data = { metrics: loggedMetrics(metrics), audio_path: metrics.audioPath };
        return log.write("TTS_PLAYBACK_END", data, sessionId);
      }
      case "output-failed": {
        const { code, stage, retryable } = event.failure;
        return log.write("TTS_ERROR", { code, stage, retryable }, sessionId);
      }
      case "progress":
        return;
    }
  };
}

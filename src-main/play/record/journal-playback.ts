import type { PlayerEvent } from "../../turn/ports.ts";
import { loggedMetrics, newSessionId } from "./playback-events.ts";
import { writeProgress, type LogWriter } from "./write-progress.ts";

/** Makes the listener that writes what a player tells to an event log, as one session from now on. */
export function journalPlayback(log: LogWriter): (event: PlayerEvent) => void {
  const sessionId = newSessionId();
  log.write("SESSION_START", {}, sessionId);
  return (event) => {
    writeProgress(log, sessionId, event);
    if (event.kind === "finished") {
      const { metrics, flushed } = event;
      if (flushed) log.write("TOOL_CANCELLED", { played_ms: metrics.playbackMs ?? 0 }, sessionId);
      const data = { metrics: loggedMetrics(metrics), audio_path: metrics.audioPath };
      log.write("TTS_PLAYBACK_END", data, sessionId);
    } else if (event.kind === "output-failed") {
      const { code, stage, retryable } = event.failure;
      log.write("TTS_ERROR", { code, stage, retryable }, sessionId);
    }
  };
}

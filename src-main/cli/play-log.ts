import { basename } from "node:path";
import { EventLog } from "../play/record/event-log.ts";
import { loggedMetrics, newSessionId } from "../play/record/playback-events.ts";
import { writeProgress } from "../play/record/write-progress.ts";
import type { StreamPlayed, StreamRequest } from "../play/play-stream.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import type { PlayOptions } from "./play-options.ts";
import { warn } from "./warn.ts";

/** Writes what happens during `repartee play` to an event log. Never the text. */
export class PlayLog {
  readonly #log: EventLog;
  #sessionId = "";
  #startedAtMs = 0;

  constructor(file: string) {
    this.#log = new EventLog({ file }, { onProblem: warn });
  }

  begin({ text, engine, voice, format, policy }: PlayOptions): void {
    this.#sessionId = newSessionId();
    this.#startedAtMs = performance.now();
    const { kind } = policy;
    this.#log.write(
      "SESSION_START",
      { policy: kind === "fixed" ? `fixed:${policy.preRollMs}` : kind },
      this.#sessionId,
    );
    const request = {
      ...(text === undefined ? {} : { message_characters: text.length, engine }),
      ...(voice === undefined ? {} : { voice }),
      ...(format === undefined ? {} : { format }),
    };
    this.#log.write("TTS_REQUEST", request, this.#sessionId);
  }

  take(event: PlayerEvent, { atMs, firstByteAtMs }: StreamRequest): void {
    if (event.kind === "started" && firstByteAtMs !== undefined) {
      this.#log.write("TTS_START", { ttfb_ms: Math.round(firstByteAtMs - atMs) }, this.#sessionId);
    }
    writeProgress(this.#log, this.#sessionId, event, atMs);
  }

  end({ metrics, interrupted, fed, failure }: StreamPlayed): void {
    const format = fed?.encoding === undefined ? {} : { format: fed.encoding };
    if (failure) {
      const { code, stage, detail, retryable } = failure;
      this.#log.write("TTS_ERROR", { code, stage, detail, retryable }, this.#sessionId);
    }
    if (interrupted && !failure)
      this.#log.write("TOOL_CANCELLED", { played_ms: metrics.playbackMs ?? 0 }, this.#sessionId);
    const data = { metrics: loggedMetrics(metrics), audio_path: metrics.audioPath, ...format };
    this.#log.write("TTS_PLAYBACK_END", data, this.#sessionId);
    if (fed && fed.saved.length > 0) {
      this.#log.write("RECORDING_SAVED", { files: fed.saved.map((path) => basename(path)) }, this.#sessionId);
    }
    const result = failure ? "failed" : interrupted ? "cancelled" : "completed";
    const durationMs = Math.round(performance.now() - this.#startedAtMs);
    this.#log.write("SESSION_END", { result, duration_ms: durationMs }, this.#sessionId);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }
}

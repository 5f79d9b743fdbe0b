import { basename } from "node:path";
import { PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { userSentence } from "../../src-shared/failure.ts";
import { EventLog } from "../play/record/event-log.ts";
import { loggedMetrics, newSessionId } from "../play/record/playback-events.ts";
import type { StreamPlayed, StreamRequest } from "../play/play-stream.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import type { PlayOptions } from "./play-options.ts";

/** Writes what happens during `repartee play` to an event log. Never the text. */
export class PlayLog {
  readonly #log: EventLog;
  #sessionId = "";
  #startedAtMs = 0;

  constructor(file: string) {
    this.#log = new EventLog(
      { file },
      { onProblem: ({ code, detail }) => console.error(`repartee: warning: ${userSentence(code)} (${detail})`) },
    );
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

  take(event: PlayerEvent, request: StreamRequest): void {
    const sinceRequestMs = (atMs: number): number => Math.round(atMs - request.atMs);
    switch (event.kind) {
      case "underrun": {
        const at = Math.round(samplesToMs(event.positionSamples, PLAYBACK_RATE_HZ));
        return this.#log.write("UNDERRUN", { duration_ms: Math.round(event.durationMs), at_ms: at }, this.#sessionId);
      }
      case "audible":
        return this.#log.write("TTS_FIRST_AUDIO", { ttfa_ms: sinceRequestMs(event.atMs) }, this.#sessionId);
      case "started":
        if (request.firstByteAtMs !== undefined) {
          this.#log.write("TTS_START", { ttfb_ms: sinceRequestMs(request.firstByteAtMs) }, this.#sessionId);
        }
        return this.#log.write(
          "TTS_PLAYBACK_START",
          { start_threshold_ms: Math.round(event.bufferedMs) },
          this.#sessionId,
        );
      case "progress":
      case "finished":
      case "output-failed":
        return;
    }
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

import { PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { failed, succeeded, type Outcome } from "../../src-shared/failure.ts";
import type { LabEvent, LabPlay } from "../../src-shared/playback-lab.ts";
import { playStream, type PlayedSource, type SpeakInto } from "./play-stream.ts";
import type { JitterSpec } from "./source/jitter-spec.ts";
import { parseJitterSpec } from "./source/parse-jitter-spec.ts";
import { StreamFeed } from "./stream-feed.ts";
import type { WorkerStreamPlayer } from "./worker-stream-player.ts";
import type { PlayerEvent } from "../turn/ports.ts";

/** What the playback lab works with. */
export interface PlaybackLabParts {
  readonly player: WorkerStreamPlayer;
  /** How the assistant speaks a text. */
  readonly speak: (text: string) => SpeakInto;
}

/** Plays experiments through the assistant's own player and output, one at a time. Main thread. */
export class PlaybackLab {
  readonly #parts: PlaybackLabParts;
  #feed: StreamFeed | undefined;
  #current: AbortController | undefined;
  /** Resolves when the latest experiment is over, so that each one ends before the next begins. */
  #last: Promise<void> = Promise.resolve();
  #listener: (event: LabEvent) => void = () => undefined;

  constructor(parts: PlaybackLabParts) {
    this.#parts = parts;
  }

  onEvent(listener: (event: LabEvent) => void): void {
    this.#listener = listener;
  }

  /** Starts an experiment; one that runs is stopped. How it goes is told as events. Code: jitter-invalid. */
  play(request: LabPlay): Outcome<null> {
    const jitter = parseJitter(request.jitter);
    if (!jitter.ok) return jitter;
    this.stop();
    const current = new AbortController();
    this.#current = current;
    this.#last = this.#last.then(() => this.#run(request, jitter.value, current));
    return succeeded(null);
  }

  stop(): void {
    this.#current?.abort();
    this.#current = undefined;
  }

  async close(): Promise<void> {
    this.stop();
    await this.#feed?.close();
  }

  async #run(request: LabPlay, jitter: JitterSpec | undefined, current: AbortController): Promise<void> {
    this.#feed ??= new StreamFeed();
    await this.#feed.ready;
    const tell = this.#listener;
    tell({ kind: "began" });
    const { chunkBytes, seed, startPolicy } = request;
    const { metrics, interrupted, failure } = await playStream(this.#parts.player, this.#feed, {
      source: this.#source(request),
      startPolicy,
      feed: {
        rawFormat: { sampleRateHz: PLAYBACK_RATE_HZ, channels: 1 },
        ...(chunkBytes > 0 ? { chunkBytes } : {}),
        ...(jitter ? { jitter: { spec: jitter, seed } } : {}),
      },
      signal: current.signal,
      onEvent: (event, atMs) => {
        const told = labEvent(event, atMs);
        if (told) tell(told);
      },
    });
    tell({ kind: "finished", interrupted, metrics, failure });
    if (this.#current === current) this.#current = undefined;
  }

  #source({ source }: LabPlay): PlayedSource {
    switch (source.kind) {
      case "text":
        return { engineName: "assistant", speak: this.#parts.speak(source.text) };
      case "file":
        return { source };
      case "url":
        return { source };
    }
  }
}

function labEvent(event: PlayerEvent, atMs: number): LabEvent | undefined {
  const toMs = (samples: number) => samplesToMs(samples, PLAYBACK_RATE_HZ);
  switch (event.kind) {
    case "progress": {
      const { receivedSamples, bufferedSamples, underruns, stretchedSamples, slowBelowSamples } = event.level;
      return {
        kind: "level",
        atMs,
        receivedMs: toMs(receivedSamples),
        bufferedMs: toMs(bufferedSamples),
        underruns,
        stretchedMs: toMs(stretchedSamples),
        slowBelowMs: toMs(slowBelowSamples),
      };
    }
    case "audible":
      return { kind: "audible", atMs };
    case "underrun":
      return { kind: "starved", atMs: atMs - event.durationMs };
    case "started":
    case "finished":
    case "output-failed":
      return undefined;
  }
}

function parseJitter(text: string): Outcome<JitterSpec | undefined> {
  if (text.trim() === "") return succeeded(undefined);
  try {
    return succeeded(parseJitterSpec(text));
  } catch (error) {
    return failed("jitter-invalid", "play", (error as Error).message);
  }
}

import { msToSamples, PLAYBACK_RATE_HZ, samplesToMs } from "../../src-shared/audio-format.ts";
import { failure, type Failure } from "../../src-shared/failure.ts";
import type { PcmRing } from "../../src-shared/pcm-ring.ts";
import type { PlaybackCounters, SpeakerReport } from "../../src-shared/speaker-protocol.ts";
import type { StreamMetrics } from "../../src-shared/stream-metrics.ts";
import type { PlayerEvent } from "../turn/ports.ts";
import { DEVICE_AHEAD_MS, type SpeakerDevice } from "./speaker-device.ts";

const PIECE_SAMPLES = msToSamples(20, PLAYBACK_RATE_HZ);
/** A released reply waits this long for an output, for example while a page reloads. */
const OUTPUT_WAIT_MS = 3_000;
const AHEAD_SAMPLES = msToSamples(DEVICE_AHEAD_MS, PLAYBACK_RATE_HZ);

/** How the player starts. */
export interface PlayerLoopOptions {
  /** Audio that must be ready before playback starts, unless the whole reply is shorter. */
  readonly preRollMs: number;
  readonly nowMs: () => number;
  readonly emit: (event: PlayerEvent) => void;
}

/** What is known about the reply that is being played. */
interface CurrentReply {
  readonly generation: number;
  readonly requestedAtMs: number;
  releasedAtMs: number | undefined;
  started: boolean;
  totalSamples: number | undefined;
  endAnnounced: boolean;
  sentSamples: number;
  /** Ends of the pieces sent and not yet played, in samples, oldest first. */
  readonly pieceEnds: number[];
  piecesSent: number;
  firstByteAtMs: number | undefined;
  endedAtMs: number | undefined;
  firstAudibleAtMs: number | undefined;
  startThresholdSamples: number;
  counters: PlaybackCounters;
}

/**
 * The player without its thread: moves samples from the ring to the device, at most DEVICE_AHEAD_MS ahead of what was played, starts
 * playback once the reply is released and the pre-roll is there, and measures. Player thread; `pump` is called every few ms.
 */
export class PlayerLoop {
  readonly #ring: PcmRing;
  readonly #options: PlayerLoopOptions;
  readonly #piece = new Float32Array(PIECE_SAMPLES);
  #device: SpeakerDevice | undefined;
  #reply: CurrentReply | undefined;
  #gain = { ratio: 1, rampMs: 0 };

  constructor(ring: PcmRing, options: PlayerLoopOptions) {
    this.#ring = ring;
    this.#options = options;
  }

  /** Plays through this device from now on; undefined when there is none. A reply that was playing on the old one is over. */
  attach(device: SpeakerDevice | undefined): void {
    if (this.#reply && this.#device && this.#reply.sentSamples > 0) {
      this.#abandon(failure("output-lost", "play", `the ${this.#device.name} output went away in mid-reply`, true));
    }
    this.#device?.close();
    this.#device = device;
    device?.command({ kind: "gain", ...this.#gain });
    if (this.#reply) device?.command({ kind: "begin", generation: this.#reply.generation });
  }

  begin(generation: number, requestedAtMs: number): void {
    this.flush();
    if (this.#reply) this.#finish(this.#reply.counters, true, requestedAtMs);
    this.#reply = {
      generation,
      requestedAtMs,
      releasedAtMs: undefined,
      started: false,
      totalSamples: undefined,
      endAnnounced: false,
      sentSamples: 0,
      pieceEnds: [],
      piecesSent: 0,
      firstByteAtMs: undefined,
      endedAtMs: undefined,
      firstAudibleAtMs: undefined,
      startThresholdSamples: 0,
      counters: noCounters(generation),
    };
    this.#device?.command({ kind: "begin", generation });
  }

  release(generation: number): void {
    if (this.#reply?.generation !== generation) return;
    this.#reply.releasedAtMs = this.#options.nowMs();
    this.pump();
  }

  end(generation: number, totalSamples: number): void {
    if (this.#reply?.generation !== generation) return;
    this.#reply.totalSamples = totalSamples;
    this.#reply.endedAtMs = this.#options.nowMs();
    this.pump();
  }

  flush(): void {
    if (!this.#reply) return;
    if (this.#device) this.#device.command({ kind: "flush", generation: this.#reply.generation });
    else this.#finish(this.#reply.counters, true, this.#options.nowMs());
  }

  setGain(ratio: number, rampMs: number): void {
    this.#gain = { ratio, rampMs };
    this.#device?.command({ kind: "gain", ratio, rampMs });
  }

  /** Moves what there is and starts playback when it is time. */
  pump(): void {
    const reply = this.#reply;
    const device = this.#device;
    if (!reply || this.#ring.generation !== reply.generation) return;
    if (!device) return this.#awaitOutput(reply);
    this.#send(reply, device);
    if (!reply.endAnnounced && reply.totalSamples !== undefined) {
      reply.endAnnounced = true;
      device.command({ kind: "end", generation: reply.generation, totalSamples: reply.totalSamples });
    }
    if (reply.releasedAtMs !== undefined && !reply.started && this.#isReady(reply)) {
      reply.started = true;
      reply.startThresholdSamples = reply.sentSamples;
      device.command({ kind: "start", generation: reply.generation });
    }
  }

  /** Takes what the device reports. */
  take(report: SpeakerReport): void {
    const reply = this.#reply;
    if (!reply || report.generation !== reply.generation) return;
    switch (report.kind) {
      case "audible":
        reply.firstAudibleAtMs = report.atMs;
        this.#options.emit({ kind: "audible", generation: reply.generation, atMs: report.atMs });
        return;
      case "progress":
        reply.counters = report;
        while ((reply.pieceEnds[0] ?? Number.POSITIVE_INFINITY) <= report.playedSamples) reply.pieceEnds.shift();
        this.#options.emit({ kind: "progress", generation: reply.generation, playedSamples: report.playedSamples });
        return;
      case "finished":
        this.#finish(report, report.flushed, report.atMs);
    }
  }

  close(): void {
    this.#device?.close();
    this.#device = undefined;
  }

  #awaitOutput(reply: CurrentReply): void {
    if (reply.releasedAtMs === undefined || this.#options.nowMs() - reply.releasedAtMs < OUTPUT_WAIT_MS) return;
    this.#abandon(failure("output-missing", "play", "no output is attached", true));
  }

  #send(reply: CurrentReply, device: SpeakerDevice): void {
    for (;;) {
      const room = AHEAD_SAMPLES - (reply.sentSamples - reply.counters.playedSamples);
      const count = this.#ring.read(this.#piece, 0, Math.min(PIECE_SAMPLES, room));
      if (count <= 0) return;
      reply.firstByteAtMs ??= this.#options.nowMs();
      reply.sentSamples += count;
      reply.piecesSent++;
      reply.pieceEnds.push(reply.sentSamples);
      device.command({ kind: "pcm", generation: reply.generation, pcm: this.#piece.slice(0, count) });
    }
  }

  #isReady(reply: CurrentReply): boolean {
    const threshold = msToSamples(this.#options.preRollMs, PLAYBACK_RATE_HZ);
    return (
      reply.sentSamples >= (reply.totalSamples === undefined ? threshold : Math.min(threshold, reply.totalSamples))
    );
  }

  /** The reply cannot be heard (any more): says why and ends it as far as it was heard. */
  #abandon(reason: Failure): void {
    if (!this.#reply) return;
    this.#options.emit({ kind: "output-failed", failure: reason });
    this.#finish(this.#reply.counters, true, this.#options.nowMs());
  }

  #finish(counters: PlaybackCounters, flushed: boolean, atMs: number): void {
    const reply = this.#reply;
    if (!reply) return;
    this.#reply = undefined;
    const { generation } = reply;
    const metrics = measure(reply, counters, this.#device?.name ?? "none");
    this.#options.emit({ kind: "finished", generation, flushed, playedSamples: counters.playedSamples, atMs, metrics });
  }
}

function measure(reply: CurrentReply, counters: PlaybackCounters, audioPath: string): StreamMetrics {
  const since = (atMs: number | undefined) => (atMs === undefined ? undefined : atMs - reply.requestedAtMs);
  const toMs = (samples: number) => samplesToMs(samples, PLAYBACK_RATE_HZ);
  const unplayed = reply.pieceEnds.filter((end) => end > counters.playedSamples).length;
  return {
    ...defined({
      firstByteMs: since(reply.firstByteAtMs),
      firstAudibleMs: since(reply.firstAudibleAtMs),
      generationMs: since(reply.endedAtMs),
      playbackMs: counters.playedSamples > 0 ? toMs(counters.playedSamples + counters.gapSamples) : undefined,
      bufferMinMs: counters.bufferMinSamples < 0 ? undefined : toMs(counters.bufferMinSamples),
    }),
    audioMs: toMs(reply.totalSamples ?? reply.sentSamples),
    underruns: counters.underruns,
    underrunTotalMs: toMs(counters.gapSamples),
    underrunMaxMs: toMs(counters.deepestGapSamples),
    chunksReceived: reply.piecesSent,
    chunksPlayed: reply.piecesSent - unplayed,
    samplesPlayed: counters.playedSamples,
    startThresholdMs: toMs(reply.startThresholdSamples),
    audioPath,
  };
}

/** Leaves out what was not measured. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function noCounters(generation: number): PlaybackCounters {
  return {
    generation,
    playedSamples: 0,
    bufferedSamples: 0,
    underruns: 0,
    gapSamples: 0,
    deepestGapSamples: 0,
    bufferMinSamples: -1,
  };
}
